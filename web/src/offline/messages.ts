/** What the worker that keeps builds (worker/keeper.ts) tells the page. Its beginning is the request. */
export type KeeperMessage =
  /** The share of the site's build that is there, from 0 to 1. */
  | { readonly type: "progress"; readonly share: number }
  /** The site's build is kept. */
  | { readonly type: "kept"; readonly build: string }
  /** It is not: why, and what exactly happened. */
  | { readonly type: "failed"; readonly reason: KeeperFailure; readonly message: string };

/** No room for it; the site cannot be reached; it changes just now, or is not as its build has left it. */
export type KeeperFailure = "room" | "network" | "foreign";

/** Web Locks of a site: who keeps builds, which pages are of which build, and which are in the middle of a lesson. */
export const LOCKS = {
  keeper: (site: string) => `${site} keeper`,
  build: (site: string, build: string) => `${site} build ${build}`,
  lesson: (site: string) => `${site} lesson`,
};
