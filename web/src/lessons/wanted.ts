import type { LessonFiles } from "./foreign/kept.ts";

/** The lesson that a page's cluster is for. */
export type Wanted =
  /** One of the site's, by its id. */
  | { readonly kind: "site"; readonly id: string }
  /** An archive at an address of this origin, relative to `base`. */
  | { readonly kind: "address"; readonly address: string; readonly base: URL }
  /** Files that are kept with the cluster. */
  | { readonly kind: "files"; readonly lesson: LessonFiles };
