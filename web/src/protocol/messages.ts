/**
 * The messages between the page and the worker that runs the control plane:
 * one discriminated union in each direction, on the field `type`.
 *
 * The page (`client/`) and the worker (`worker/`) both import this folder and
 * nothing else of each other. Every `switch` over a union ends in
 * `unreachable(message)`, so that a new message that one side does not handle
 * is a compile error.
 *
 * Units: times are milliseconds since 1970 of *cluster* time unless the name
 * says otherwise; rates are cluster seconds per host second.
 *
 * Correlation: a request carries an `id` chosen by its sender, unique among the
 * requests in flight of that page. The answer carries the same `id`.
 */

import type { ApplyReply } from "./apply.ts";
import type { ClockCommand, ClockState } from "./clock.ts";
import type { Arithmetic, Explanation } from "./diagnosis.ts";
import type { ExchangeAnswer, ExchangeRequest, MissingMessage, ModuleSource } from "./exchange.ts";
import type { LessonAnswers, LessonCommand, LessonReport } from "./lesson.ts";
import type { ArchiveRefusal, ArchiveSummary, Revisions, StorageReason } from "./storage.ts";
import type { TimelineDelta } from "./timeline.ts";
import type { Frame } from "./topology.ts";
import type { TrafficCommand, TrafficReply } from "./traffic.ts";

/** The options with which a cluster is started. The worker reads them once, at `boot`. */
export interface BootOptions {
  /** Names the IndexedDB database, the Web Lock and nothing else. */
  readonly cluster: string;
  /** Same seed and same inputs at the same cluster times: same object history. */
  readonly seed: number;
  /** Cluster time at the first start; `null` is CALENDAR_START. A restored cluster goes on where it stopped. */
  readonly startTime: number | null;
  /** Rate at the start, see {@link ClockCommand}. */
  readonly rate: number;
  /** The clock is paused from the moment that the cluster is ready. */
  readonly paused: boolean;
  readonly storage: "indexeddb" | "memory";
  /** Pods are ready at once: for measurements of the control plane alone. */
  readonly instantKubelet: boolean;
  /** Number of simulated nodes. */
  readonly nodes: number;
  /** The nodes one by one in place of `nodes`: a list of LessonMachine as JSON, or empty. */
  readonly machines: string;
}

/**
 * The content of a worker's name, as JSON: what its `boot` will most likely need, so
 * that the worker can start loading it. A `boot` that needs something else overrides
 * it. The URLs are absolute.
 */
export interface Prepare {
  readonly wasm: ModuleSource;
  readonly wasmExec: string;
  /** The options in the page's address. Those of `boot` take precedence: a stored clock state and a seed are not in here. */
  readonly options: BootOptions;
  /** Whether the page's address carries a cluster, which will come with `boot` as an archive. */
  readonly archive: boolean;
}

/** Page to worker. */
export type PageMessage =
  /** Once. The URLs are absolute. */
  | {
      readonly type: "boot";
      readonly wasm: ModuleSource;
      readonly wasmExec: string;
      readonly options: BootOptions;
      /** A cluster file to start from, in place of what is stored; `null` for none. */
      readonly archive: Uint8Array | null;
      /** Another tab that has the cluster must let it go. */
      readonly takeOver: boolean;
    }
  | ExchangeRequest<string | null>
  /**
   * The other end of the port is another client: the worker of kubectl, see
   * ClusterRequest in kubectl.ts. It replaces any previous one.
   */
  | { readonly type: "connect"; readonly port: MessagePort }
  /** The worker at the port is gone: end its requests. */
  | { readonly type: "disconnect" }
  /** kubectl-apply of a YAML stream, with `dryRun` by the server and without effect. Answered by a reply with an {@link ApplyReply}. */
  | { readonly type: "apply"; readonly id: number; readonly yaml: string; readonly dryRun: boolean }
  /** Requests to a Service. Answered by a reply with a {@link TrafficReply}. */
  | { readonly type: "traffic"; readonly id: number; readonly command: TrafficCommand }
  /** Why is it so? Answered by a reply with an {@link Explanation}; fails for an object that does not exist. A custom kind is written with its group, as `Bakery.food.example`. */
  | {
      readonly type: "explain";
      readonly id: number;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  /** A lesson in this cluster. Answered by a reply with a value of {@link LessonAnswers}. */
  | { readonly type: "lesson"; readonly id: number; readonly command: LessonCommand }
  /** Answered by a reply with the {@link ClockState} reached. */
  | {
      readonly type: "clock";
      readonly id: number;
      readonly command: ClockCommand;
    }
  /**
   * Stop the cluster and delete what is stored of it. Answered by a reply with
   * `null`; after it the page ends this worker and boots another. It may come
   * before `ready`: that is the way out when what is stored makes the start fail.
   */
  | { readonly type: "reset"; readonly id: number }
  /** Stop the cluster when everything is stored. Answered by a reply with `null`; after it the worker has ended. */
  | { readonly type: "close"; readonly id: number }
  /** Answered by a reply with `null` when every change so far is stored; fails when storing has stopped. */
  | { readonly type: "flush"; readonly id: number }
  /** Store everything again after storing had stopped. Answered by a reply with `null`. */
  | { readonly type: "save"; readonly id: number }
  /** Keep a cluster file as a cluster of a name that no other has. Answered by a reply with `null`. */
  | { readonly type: "store"; readonly id: number; readonly cluster: string; readonly archive: Uint8Array }
  /** Answered by a reply with the objects that a user has made, as YAML that kubectl apply takes. */
  | { readonly type: "manifests"; readonly id: number }
  /** Answered by a reply with the {@link Revisions} that can be shown. */
  | { readonly type: "revisions"; readonly id: number }
  /**
   * What the cluster was at a moment: answered by a reply with a {@link PastMoment}.
   * Of a moment before all that is kept it is the earliest, as the frame's time says.
   */
  | { readonly type: "past"; readonly id: number; readonly time: number }
  /** Answered by a reply with the YAML of one object as it was at a revision. */
  | {
      readonly type: "pastManifest";
      readonly id: number;
      readonly revision: number;
      readonly uid: string;
    }
  /** Answered by a reply with every object at that revision. */
  | { readonly type: "at"; readonly id: number; readonly revision: number }
  /**
   * The cluster as one file: now for `revision` null, else as it was. Answered by
   * a reply with its bytes. `page` is a JSON object that comes along.
   */
  | {
      readonly type: "archive";
      readonly id: number;
      readonly revision: number | null;
      /** The changes that led there come along. */
      readonly history: boolean;
      /** What every cluster makes by itself is left out. */
      readonly small: boolean;
      readonly page: string | null;
    }
  /** Is this a cluster file that a cluster could start from? Answered by a reply with an {@link ArchiveSummary}, or by `failed`. */
  | { readonly type: "check"; readonly id: number; readonly archive: Uint8Array };

/** Stages of a start, in order; `restore` is left out when nothing is stored. */
export type BootStage = "download" | "compile" | "start" | "restore" | "controllers";

export interface Version {
  readonly tabernetes: string;
  /** Such as `v1.37.2`. */
  readonly kubernetes: string;
}

/** What each request is answered with. */
export interface ReplyValues {
  readonly apply: ApplyReply;
  readonly explain: Explanation;
  readonly clock: ClockState;
  readonly traffic: TrafficReply;
  readonly lesson: LessonAnswers[keyof LessonAnswers];
  readonly reset: null;
  readonly close: null;
  readonly flush: null;
  readonly save: null;
  readonly store: null;
  readonly manifests: string;
  readonly revisions: Revisions;
  readonly past: PastMoment;
  readonly pastManifest: string;
  readonly at: readonly unknown[];
  readonly archive: Uint8Array;
  readonly check: ArchiveSummary;
}

export interface PastMoment {
  /** All that the diagram showed; without events, which carry their own times. */
  readonly frame: Frame;
  /** What the Deployment controller computed, by the Deployment's UID. */
  readonly arithmetic: Readonly<Record<string, Arithmetic>>;
}

/** Worker to page. */
export type WorkerMessage =
  /** `loaded` and `total` in bytes, while `download`; `total` absent when the server does not say. */
  | {
      readonly type: "progress";
      readonly stage: BootStage;
      readonly loaded?: number;
      readonly total?: number;
    }
  /** Controllers run. `restored`: objects of an earlier visit are back. */
  | {
      readonly type: "ready";
      readonly version: Version;
      readonly bootMilliseconds: number;
      readonly restored: boolean;
    }
  | ExchangeAnswer
  /**
   * A request ended with an error; a fetch also in the middle of its body. `refusal`
   * is null unless the error is that of a cluster file.
   */
  | {
      readonly type: "failed";
      readonly id: number;
      readonly message: string;
      readonly refusal: ArchiveRefusal | null;
    }
  /** Answers every request but fetch. */
  | {
      readonly type: "reply";
      readonly id: number;
      readonly value: ReplyValues[keyof ReplyValues];
    }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "timeline"; readonly timeline: TimelineDelta }
  /** What the checks of the lesson's step have found. */
  | { readonly type: "lesson"; readonly report: LessonReport }
  /** On every change, and about four times a host second while time passes. */
  | { readonly type: "clock"; readonly clock: ClockState }
  /** `memory`: as asked; `failed`: objects are not saved, from the start or any more, for a reason. */
  | {
      readonly type: "storage";
      readonly state: "ok" | "memory" | "failed";
      /** Empty unless `failed`. */
      readonly reason: StorageReason | "";
      /** The words of the browser. */
      readonly message: string;
    }
  | MissingMessage
  /** Another tab has the cluster. It does not run here, or not any more; nothing follows. */
  | { readonly type: "taken" }
  /** The control plane is gone. Nothing follows. `refusal` is null unless it could not start from a cluster file. */
  | {
      readonly type: "panic";
      readonly message: string;
      readonly stack: string;
      readonly refusal: ArchiveRefusal | null;
    }
  | {
      readonly type: "log";
      readonly level: "info" | "warning" | "error";
      readonly message: string;
    };

/** The default branch of an exhaustive switch. At run time it is reached only when page and worker are of different builds. */
export function unreachable(value: never): never {
  throw new Error(`message of an unknown kind: ${JSON.stringify(value)}`);
}
