import { Announcer } from "../dom/announcer.ts";
import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import type { ApplyResult } from "../protocol/apply.ts";

const OUTCOMES = ["created", "configured", "unchanged"] as const;

/** The line under the text with the server's verdict on it. */
export class Verdict {
  readonly element: HTMLElement;
  readonly #mark = html("span", { class: "verdict-mark", "aria-hidden": "true" });
  readonly #line = html("span", { class: "verdict-line" });
  readonly #next = html("button", { type: "button", class: "link", hidden: true });
  /** Announced to screen readers, but not at every pause in typing. */
  readonly #spoken = html("span", { class: "visually-hidden", role: "status" });
  readonly #announcer = new Announcer((text) => setText(this.#spoken, text));
  #text: Text;
  #shown: { results: readonly ApplyResult[]; problems: number } | undefined;

  constructor(text: Text, onNext: () => void) {
    this.#text = text;
    this.element = html("div", { class: "verdict" }, this.#mark, this.#line, this.#next, this.#spoken);
    this.#next.addEventListener("click", onNext);
  }

  /** The result of the last check; undefined before the first. */
  show(results: readonly ApplyResult[] | undefined, problems: number): void {
    this.#shown = results === undefined ? undefined : { results, problems };
    this.#write();
    if (this.#shown !== undefined) {
      this.#announcer.say(() => this.#line.textContent ?? "");
    }
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#next, text.editing.nextProblem);
    this.#write();
  }

  destroy(): void {
    this.#announcer.destroy();
  }

  #write(): void {
    const words = this.#text.editing;
    const shown = this.#shown;
    const problems = shown?.problems ?? 0;
    this.#next.hidden = problems === 0;
    this.element.classList.toggle("verdict-bad", problems > 0);
    this.element.classList.toggle(
      "verdict-good",
      shown !== undefined && problems === 0 && shown.results.length > 0,
    );
    if (shown === undefined || (problems === 0 && shown.results.length === 0)) {
      this.#mark.replaceChildren();
      setText(this.#line, words.checking);
      return;
    }
    this.#mark.replaceChildren(icon(problems > 0 ? "close" : "check"));
    setText(
      this.#line,
      problems > 0 ? words.problems(problems) : words.wouldApply(this.#changes(shown.results)),
    );
  }

  #changes(results: readonly ApplyResult[]): string {
    const words = this.#text.editing;
    return OUTCOMES.flatMap((outcome) => {
      const count = results.filter((result) => !("error" in result) && result.result === outcome).length;
      return count === 0 ? [] : [words.wouldCount[outcome](count)];
    }).join(words.listSeparator);
  }
}
