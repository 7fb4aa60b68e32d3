import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import { SCAFFOLDS } from "./scaffolds.ts";

export interface ToolbarActions {
  onInsert(kind: string): void;
  onUndo(): void;
  onRedo(): void;
  onOriginal(): void;
}

/** The actions for the shown text. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #insert = html("select", { class: "small" });
  readonly #undo = html("button", { type: "button", class: "quiet small icon-only" }, icon("undo"));
  readonly #redo = html("button", { type: "button", class: "quiet small icon-only" }, icon("redo"));
  readonly #original = html("button", { type: "button", class: "quiet small", hidden: true });

  constructor(actions: ToolbarActions) {
    this.element = html(
      "div",
      { class: "editor-tools" },
      this.#insert,
      this.#undo,
      this.#redo,
      this.#original,
    );
    this.#undo.addEventListener("click", () => actions.onUndo());
    this.#redo.addEventListener("click", () => actions.onRedo());
    this.#original.addEventListener("click", () => actions.onOriginal());
    this.#insert.addEventListener("change", () => {
      const kind = this.#insert.value;
      this.#insert.value = "";
      actions.onInsert(kind);
    });
  }

  /** Whether there is an original text to go back to. */
  offerOriginal(offered: boolean): void {
    this.#original.hidden = !offered;
  }

  localize(text: Text): void {
    const words = text.editing;
    this.#insert.setAttribute("aria-label", words.insertLabel);
    this.#insert.replaceChildren(
      html("option", { value: "" }, words.insert),
      ...SCAFFOLDS.map(({ kind }) => html("option", { value: kind }, kind)),
    );
    for (const [button, name] of [
      [this.#undo, words.undo],
      [this.#redo, words.redo],
    ] as const) {
      button.title = name;
      button.setAttribute("aria-label", name);
    }
    setText(this.#original, text.undoChanges);
  }
}
