import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { closeOnBackdrop } from "./dialogs.ts";

/** Tells which parts of the page are Kubernetes and which are simulated. */
export class RealityDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "reality-title" });
  readonly #content = html("div");
  readonly #close = html("button", { type: "button", class: "primary" });

  constructor(text: Text) {
    this.element = html(
      "dialog",
      { class: "dialog", "aria-labelledby": "reality-title" },
      this.#title,
      this.#content,
      html("div", { class: "dialog-actions" }, this.#close),
    );
    this.#close.addEventListener("click", () => this.element.close());
    closeOnBackdrop(this.element);
    this.localize(text, "");
  }

  open(): void {
    this.element.showModal();
  }

  localize(text: Text, versions: string): void {
    setText(this.#title, text.realTitle);
    setText(this.#close, text.close);
    const column = (title: string, lines: readonly string[]) =>
      html(
        "section",
        {},
        html("h3", {}, title),
        html("ul", {}, ...lines.map((line) => html("li", {}, line))),
      );
    this.#content.replaceChildren(
      html("p", {}, text.realIntro),
      html(
        "div",
        { class: "reality" },
        column(text.realReal, text.realList),
        column(text.realSimulated, text.simulatedList),
      ),
      html("p", { class: "muted" }, versions),
    );
  }
}
