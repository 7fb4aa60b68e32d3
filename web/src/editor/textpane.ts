import type { Text } from "../language/text.ts";
import type { ApplyResult } from "../protocol/apply.ts";
import type { OpenFile } from "./openfiles.ts";

/** A change of the text, in offsets of it. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  /** The range to select after the change and to scroll into view. */
  readonly select?: { readonly from: number; readonly to: number; readonly at: "top" | "middle" };
}

/** Shows the text of a file for editing: CodeMirror, or a plain field until it is there. */
export interface TextPane {
  /** The current text. */
  readonly yaml: string;
  /** Shows a file as it was left. */
  show(file: OpenFile): void;
  /** Saves the shown text to its file. */
  keepIn(file: OpenFile): void;
  /** Replaces the text of a file that is not shown. */
  rewrite(file: OpenFile, yaml: string): void;
  change(change: TextChange): void;
  /** Marks what the server refuses. */
  mark(results: readonly ApplyResult[]): void;
  /** Asks for a check of the text once it has not changed for a moment. */
  requestCheck(): void;
  cancelCheck(): void;
  /** The cluster was replaced: discards what was learnt about the old one. */
  forgetCluster(): void;
  focus(): void;
  localize(text: Text): void;
  destroy(): void;
}

export interface TextPaneOptions {
  /** The element that it fills. */
  readonly host: HTMLElement;
  readonly text: Text;
  readonly readOnly: boolean;
  onApply(): void;
  onChange(): void;
}
