import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { type Edit, suggestEdits } from "./edits.ts";

/** Buttons for what to try next with the text. */
export class Suggestions {
  readonly element = html("div", { class: "try-next", role: "group", hidden: true });
  readonly #onTry: (edit: Edit) => void;
  #text: Text;

  constructor(text: Text, onTry: (edit: Edit) => void) {
    this.#text = text;
    this.#onTry = onTry;
  }

  localize(text: Text): void {
    this.#text = text;
    this.element.setAttribute("aria-label", text.tryNext);
  }

  /** The suggestions that fit the text; an empty text has none. */
  show(yaml: string): void {
    const edits = suggestEdits(yaml);
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const kind = focused instanceof HTMLElement ? focused.dataset.kind : undefined;
    const buttons = edits.map((edit) => {
      const button = html(
        "button",
        { type: "button", class: "suggestion", "data-kind": edit.kind },
        this.#describe(edit),
      );
      button.addEventListener("click", () => this.#onTry(edit));
      return button;
    });
    this.element.hidden = edits.length === 0;
    this.element.replaceChildren(...buttons);
    buttons.find((button) => button.dataset.kind === kind)?.focus();
  }

  #describe(edit: Edit): string {
    return edit.kind === "image"
      ? this.#text.changeImage(edit.before, edit.after)
      : this.#text.changeReplicas(Number(edit.before), Number(edit.after));
  }
}
