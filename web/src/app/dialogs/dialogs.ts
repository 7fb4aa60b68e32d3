import type { Panic } from "../../client/client.ts";
import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";

/** Asks before everything is deleted. */
export class ResetDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "reset-title" });
  readonly #line = html("p");
  readonly #cancel = html("button", { type: "button", autofocus: true });
  readonly #confirm = html("button", { type: "button", class: "danger" });

  constructor(text: Text, onConfirm: () => void) {
    this.element = html(
      "dialog",
      { class: "dialog narrow", "aria-labelledby": "reset-title" },
      this.#title,
      this.#line,
      html("div", { class: "dialog-actions" }, this.#cancel, this.#confirm),
    );
    this.#cancel.addEventListener("click", () => this.element.close());
    this.#confirm.addEventListener("click", () => {
      this.element.close();
      onConfirm();
    });
    closeOnBackdrop(this.element);
    this.localize(text);
  }

  open(): void {
    this.element.showModal();
  }

  localize(text: Text): void {
    setText(this.#title, text.resetTitle);
    setText(this.#line, text.resetText);
    setText(this.#cancel, text.cancel);
    setText(this.#confirm, text.resetConfirm);
  }
}

/** Says why the control plane is gone and restarts it; the dialog cannot be closed otherwise. */
export class PanicDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "panic-title" });
  readonly #line = html("p");
  readonly #message = html("p", { class: "panic-message" });
  readonly #stack = html("pre", { class: "panic-stack", tabindex: 0 });
  readonly #reset = html("button", { type: "button" });
  readonly #restart = html("button", { type: "button", class: "primary", autofocus: true });

  constructor(text: Text, onRestart: () => void, onReset: () => void) {
    this.element = html(
      "dialog",
      { class: "dialog wide", "aria-labelledby": "panic-title", role: "alertdialog" },
      this.#title,
      this.#line,
      this.#message,
      this.#stack,
      html("div", { class: "dialog-actions" }, this.#reset, this.#restart),
    );
    this.element.addEventListener("cancel", (event) => event.preventDefault());
    this.#restart.addEventListener("click", () => {
      this.element.close();
      onRestart();
    });
    this.#reset.addEventListener("click", onReset);
    this.localize(text);
  }

  show(panic: Panic): void {
    setText(this.#message, panic.message);
    setText(this.#stack, panic.stack);
    this.#stack.hidden = panic.stack === "";
    if (!this.element.open) {
      this.element.showModal();
    }
  }

  close(): void {
    this.element.close();
  }

  localize(text: Text): void {
    setText(this.#title, text.panicTitle);
    setText(this.#line, text.panicText);
    setText(this.#restart, text.restart);
    setText(this.#reset, text.reset);
  }
}

/** A click outside the dialog closes it. */
export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
}
