import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { LessonQuestion } from "../protocol/lesson.ts";
import { isRight } from "./record.ts";
import type { Sentences } from "./sentences.ts";

let forms = 0;

/** A question to answer before one runs something. It never blocks: what came of it is told with or without an answer. */
export class QuestionView {
  readonly element: HTMLFormElement;
  readonly #step: string;
  readonly #question: LessonQuestion;
  readonly #sentences: Sentences;
  readonly #text: Text;
  readonly #fields = html("div", { class: "question-fields" });
  readonly #submit: HTMLButtonElement;
  readonly #verdict = html("p", { class: "question-verdict", role: "status" });
  readonly #why = html("p");
  /** The options in the order in which the learner has put them. */
  #order: string[];
  #chosen: string | undefined;
  readonly #number = html("input", { type: "number", step: 1, class: "question-number" });
  readonly #name = `question-${++forms}`;
  #shown = "";

  constructor(
    step: string,
    question: LessonQuestion,
    sentences: Sentences,
    text: Text,
    onGuess: (guess: readonly string[]) => void,
  ) {
    this.#step = step;
    this.#question = question;
    this.#sentences = sentences;
    this.#text = text;
    this.#order = [...(question.options ?? [])];
    this.#submit = html("button", { type: "submit", class: "small" }, text.learning.guess);
    const ask = html(
      "legend",
      {},
      html("strong", {}, text.learning.predict),
      " ",
      this.#sentence("ask") ?? "",
    );
    this.element = html(
      "form",
      { class: "question-form" },
      html("fieldset", {}, ask, this.#fields),
      this.#submit,
      this.#verdict,
      this.#why,
    );
    this.#number.setAttribute("aria-label", text.learning.number);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = this.#guess();
      if (guess !== undefined) {
        onGuess(guess);
      }
    });
    this.#draw();
    this.show(undefined, undefined);
  }

  /** `guess`: the learner's; `answer`: what came of it, once that is known. */
  show(guess: readonly string[] | undefined, answer: readonly string[] | undefined): void {
    const shown = JSON.stringify([guess, answer]);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    if (guess !== undefined) {
      this.#adopt(guess);
    }
    const isAnswered = answer !== undefined;
    this.element.classList.toggle("answered", isAnswered);
    this.#submit.hidden = isAnswered;
    for (const field of this.#fields.querySelectorAll<HTMLInputElement | HTMLButtonElement>(
      "input, button",
    )) {
      field.disabled = isAnswered;
    }
    this.#why.replaceChildren(isAnswered ? (this.#sentence("why") ?? "") : "");
    setText(this.#verdict, this.#said(guess, answer));
    this.#verdict.dataset.verdict =
      guess === undefined || !isAnswered ? "" : isRight(guess, answer) ? "right" : "otherwise";
  }

  #said(guess: readonly string[] | undefined, answer: readonly string[] | undefined): string {
    const { learning } = this.#text;
    if (answer === undefined) {
      return guess === undefined ? "" : learning.guessed;
    }
    const said = answer.map((one) => this.#label(one)).join(", ");
    return guess === undefined
      ? learning.came(said)
      : isRight(guess, answer)
        ? learning.right
        : learning.otherwise(said);
  }

  #draw(): void {
    const { kind } = this.#question;
    if (kind === "number") {
      this.#fields.replaceChildren(this.#number);
    } else if (kind === "choice") {
      this.#fields.replaceChildren(...this.#order.map((option) => this.#choice(option)));
    } else {
      this.#drawOrder();
    }
  }

  #choice(option: string): HTMLElement {
    const field = html("input", { type: "radio", name: this.#name, value: option });
    field.checked = option === this.#chosen;
    field.addEventListener("change", () => {
      this.#chosen = option;
    });
    return html("label", {}, field, html("span", {}, this.#sentence(option) ?? option));
  }

  #drawOrder(): void {
    const items = this.#order.map((option, index) => {
      const label = this.#text.learning.up(this.#label(option));
      const up = html("button", { type: "button", class: "small", "aria-label": label, title: label }, "↑");
      up.hidden = index === 0;
      up.addEventListener("click", () => this.#moveUp(index));
      return html("li", {}, html("span", {}, this.#sentence(option) ?? option), up);
    });
    this.#fields.replaceChildren(html("ol", { class: "question-order" }, ...items));
  }

  #moveUp(index: number): void {
    const [moved] = this.#order.splice(index, 1);
    if (moved !== undefined) {
      this.#order.splice(index - 1, 0, moved);
    }
    this.#drawOrder();
    // The focus goes along with what was moved; at the top there is no button, so it goes to the next.
    const buttons = this.#fields.querySelectorAll("button");
    buttons[Math.max(1, index - 1)]?.focus();
  }

  #guess(): readonly string[] | undefined {
    switch (this.#question.kind) {
      case "number":
        return this.#number.value === "" ? undefined : [String(Math.round(this.#number.valueAsNumber))];
      case "choice":
        return this.#chosen === undefined ? undefined : [this.#chosen];
      case "order":
        return [...this.#order];
    }
  }

  #adopt(guess: readonly string[]): void {
    if (this.#question.kind === "number") {
      this.#number.value = guess[0] ?? "";
    } else if (this.#question.kind === "choice") {
      this.#chosen = guess[0];
      for (const field of this.#fields.querySelectorAll("input")) {
        field.checked = field.value === this.#chosen;
      }
    } else if (guess.join() !== this.#order.join()) {
      this.#order = [...guess];
      this.#drawOrder();
    }
  }

  /** An answer as plain text. */
  #label(answer: string): string {
    return this.#sentence(answer)?.textContent ?? answer;
  }

  #sentence(key: string): DocumentFragment | undefined {
    return this.#sentences.sentence("question", this.#step, this.#question.id, key);
  }
}
