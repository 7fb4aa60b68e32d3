import type { KeeperFailure } from "./messages.ts";

export interface Failure {
  readonly reason: KeeperFailure;
  /** What exactly happened, in the browser's words. */
  readonly message: string;
}

/** What a page knows of the builds that this browser keeps. */
export interface Facts {
  /** The page's own build. */
  readonly own: string;
  /** The builds that are there whole. */
  readonly whole: readonly string[];
  /** The build that the site has, or that another tab has gone over to, once it is there whole. */
  readonly newest?: string;
  /** The share of a build that is there while it is being kept. */
  readonly share?: number;
  /** Why the last attempt has failed, if somebody asked for it or can do something about it. */
  readonly failure?: Failure;
  /** Whether this page is in the middle of a lesson. */
  readonly inLesson: boolean;
  /** A tab in the middle of a lesson was in the way when somebody wanted the new version. */
  readonly lessonElsewhere?: boolean;
}

/** What the page says of its use without a network, and of a new version. */
export type OfflineState =
  /** It can be kept. */
  | { readonly state: "offered" }
  | { readonly state: "keeping"; readonly percent: number }
  | { readonly state: "kept" }
  | ({ readonly state: "failed" } & Failure)
  /** A new version can be gone over to; this one is kept as well, or not. */
  | { readonly state: "newer"; readonly isKept: boolean }
  /** It waits until the lesson of this page, or of another, is over. */
  | { readonly state: "later"; readonly elsewhere: boolean };

/** What can be done about it. */
export interface OfflineActs {
  /** Keeps the site now. */
  keep(): void;
  /** Goes over to the new version. */
  renew(): void;
}

export function stateOf(facts: Facts): OfflineState {
  const { own, whole, newest, share, failure, inLesson, lessonElsewhere = false } = facts;
  const isKept = whole.includes(own);
  if (newest !== undefined && newest !== own) {
    return inLesson || lessonElsewhere
      ? { state: "later", elsewhere: !inLesson }
      : { state: "newer", isKept };
  }
  if (isKept) {
    return { state: "kept" };
  }
  if (share !== undefined) {
    return { state: "keeping", percent: Math.floor(100 * share) };
  }
  return failure === undefined ? { state: "offered" } : { state: "failed", ...failure };
}
