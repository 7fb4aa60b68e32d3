import type { english } from "./english.ts";

/** The table of texts; English sets its shape. */
export type Text = typeof english;
