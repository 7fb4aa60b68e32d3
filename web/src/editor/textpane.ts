import type { Text } from "../language/text.ts";
import type { ApplyResult } from "../protocol/apply.ts";
import type { OpenFile } from "./openfiles.ts";

/** A change of the text, in offsets of it. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  /** Selected after it, and brought where it is seen. */
  readonly select?: { readonly from: number; readonly to: number; readonly at: "top" | "middle" };
}

/** What shows the text of a file and lets one write in it: CodeMirror, or before that is there a plain field. */
export interface TextPane {
  /** The text as it stands. */
  readonly yaml: string;
  /** Shows a file as it was left. */
  show(file: OpenFile): void;
  /** Writes what is shown into its file. */
  keepIn(file: OpenFile): void;
  /** Gives a file that is not shown another text. */
  rewrite(file: OpenFile, yaml: string): void;
  change(change: TextChange): void;
  /** Marks what the server refuses. */
  mark(results: readonly ApplyResult[]): void;
  /** Asks for a check of the text once it has not changed for a moment. */
  requestCheck(): void;
  cancelCheck(): void;
  /** What was learnt of the cluster is void: it is another one. */
  forgetCluster(): void;
  focus(): void;
  localize(text: Text): void;
  destroy(): void;
}

export interface TextPaneOptions {
  /** What it fills. */
  readonly host: HTMLElement;
  readonly text: Text;
  onApply(): void;
  onChange(): void;
}
