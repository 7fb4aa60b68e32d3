import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";

/** Shown when another tab has the cluster: offers to take it over, or to open another one. The dialog cannot be closed otherwise. */
export class TakenDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "taken-title" });
  readonly #line = html("p");
  readonly #others = html("button", { type: "button" });
  readonly #takeOver = html("button", { type: "button", class: "primary", autofocus: true });

  constructor(text: Text, onTakeOver: () => void, onOthers: () => void) {
    this.element = html(
      "dialog",
      { class: "dialog narrow", "aria-labelledby": "taken-title", role: "alertdialog" },
      this.#title,
      this.#line,
      html("div", { class: "dialog-actions" }, this.#others, this.#takeOver),
    );
    this.element.addEventListener("cancel", (event) => event.preventDefault());
    this.#takeOver.addEventListener("click", onTakeOver);
    this.#others.addEventListener("click", onOthers);
    this.localize(text);
  }

  open(): void {
    if (!this.element.open) {
      this.element.showModal();
    }
  }

  localize({ storage }: Text): void {
    setText(this.#title, storage.takenTitle);
    setText(this.#line, storage.takenText);
    setText(this.#takeOver, storage.takeOver);
    setText(this.#others, storage.otherClusters);
  }
}
