import { PANES, type Pane } from "../../protocol/embedding.ts";

/** Which parts of the page a reader is given. */
export interface Layout {
  readonly panes: ReadonlySet<Pane>;
  /** The reader can look at everything, and change nothing. */
  readonly readOnly: boolean;
  /** Leaves out what the page suggests to do. */
  readonly hideHints: boolean;
  /** For a page in a frame, where the header is small: the address of the whole page in its place. */
  readonly wholePage?: () => Promise<string>;
}

export const WHOLE_PAGE: Layout = { panes: new Set(PANES), readOnly: false, hideHints: false };

/** Marks the page's root element for the style sheets. */
export function markLayout(root: HTMLElement, { panes, readOnly, hideHints, wholePage }: Layout): void {
  root.classList.toggle("in-frame", wholePage !== undefined);
  root.classList.toggle("read-only", readOnly);
  root.classList.toggle("without-hints", hideHints);
  root.classList.toggle("without-diagram", !panes.has("diagram"));
}
