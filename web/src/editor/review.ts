import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { AppliedObject, ApplyResult } from "../protocol/apply.ts";
import { differenceView } from "../results/differenceview.ts";
import { objectName, resultList } from "../results/results.ts";

/** A preview of what Apply would change, one object after the other. */
export class ReviewDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "review-title" });
  readonly #content = html("div", { class: "review" });
  readonly #cancel = html("button", { type: "button" });
  readonly #apply = html("button", { type: "button", class: "primary" });
  #text: Text;
  #results: readonly ApplyResult[] = [];

  constructor(text: Text, onApply: () => void) {
    this.#text = text;
    this.element = html(
      "dialog",
      { class: "dialog wide", "aria-labelledby": "review-title" },
      this.#title,
      this.#content,
      html("div", { class: "dialog-actions" }, this.#cancel, this.#apply),
    );
    this.#cancel.addEventListener("click", () => this.element.close());
    this.#apply.addEventListener("click", () => {
      this.element.close();
      onApply();
    });
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) {
        this.element.close();
      }
    });
    this.localize(text);
  }

  /** Shows the results of a dry run. */
  open(results: readonly ApplyResult[]): void {
    this.#results = results;
    this.#write();
    this.element.showModal();
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#title, text.editing.reviewTitle);
    setText(this.#cancel, text.cancel);
    setText(this.#apply, text.apply);
    this.#write();
  }

  #write(): void {
    this.#content.replaceChildren(
      ...this.#results.map((result) =>
        "error" in result ? resultList([result], this.#text) : this.#object(result),
      ),
    );
  }

  #object(result: AppliedObject): HTMLElement {
    const words = this.#text.editing;
    const { before = "", after = "" } = result;
    const name = objectName(result, this.#text);
    return html(
      "section",
      { class: `review-object review-${result.result}` },
      html("h3", {}, name, html("span", { class: "review-outcome" }, words.would[result.result])),
      before === after ? null : differenceView(before, after, `${words.reviewTitle}: ${name}`, words.folded),
    );
  }
}
