import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import type { LessonFinding } from "../protocol/lesson.ts";
import type { Sentences } from "./sentences.ts";

/** One thing that a step demands: its goal, a mark that turns by itself, and what is missing now. */
export class CheckView {
  readonly element: HTMLElement;
  readonly #step: string;
  readonly #id: string;
  readonly #sentences: Sentences;
  readonly #text: Text;
  readonly #mark = html("span", { class: "check-mark" });
  readonly #state = html("span", { class: "visually-hidden" });
  readonly #goal = html("span");
  readonly #now = html("p", { class: "check-now" });
  #shown = "";

  constructor(step: string, id: string, sentences: Sentences, text: Text) {
    this.#step = step;
    this.#id = id;
    this.#sentences = sentences;
    this.#text = text;
    this.element = html(
      "div",
      { class: "check" },
      this.#mark,
      html(
        "div",
        {},
        html(
          "p",
          { class: "check-goal" },
          html("strong", {}, text.learning.goal),
          " ",
          this.#goal,
          this.#state,
        ),
        this.#now,
      ),
    );
    this.show(undefined);
  }

  /** `finding` is undefined before the step has begun. */
  show(finding: LessonFinding | undefined): void {
    const shown = JSON.stringify(finding ?? null);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    const { state = "none", sentence = "met", values } = finding ?? {};
    this.element.dataset.state = state;
    this.#mark.replaceChildren(
      ...(state === "met" ? [icon("check")] : state === "broken" ? [icon("close")] : []),
    );
    setText(this.#state, finding === undefined ? "" : ` (${this.#text.learning.states[finding.state]})`);
    // Its values are those of the end.
    this.#goal.replaceChildren(this.#sentence("met", state === "met" ? values : undefined) ?? "");
    // What is met, or only holds, has nothing more to say.
    this.#now.replaceChildren(
      sentence === "met" || sentence === "" ? "" : (this.#sentence(sentence, values) ?? ""),
    );
  }

  /** What is missing now, as plain text. */
  get now(): string {
    return this.#now.textContent ?? "";
  }

  #sentence(key: string, values: Readonly<Record<string, string>> | undefined): DocumentFragment | undefined {
    return this.#sentences.sentence("check", this.#step, this.#id, key, values);
  }
}
