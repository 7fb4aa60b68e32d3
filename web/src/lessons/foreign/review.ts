import { html } from "../../dom/element.ts";
import type { Language } from "../../language/language.ts";
import type { Text } from "../../language/text.ts";
import { languageFor, titleIn } from "../catalogue.ts";
import type { LessonSource } from "../source.ts";
import { problemList } from "./problems.ts";

export interface ReviewOptions {
  readonly source: LessonSource;
  readonly language: Language;
  readonly text: Text;
  /** Begins the lesson, and what that is called. */
  readonly begin: { readonly label: string; act(): void };
  onAll(): void;
}

/** A lesson from outside of the site before it is begun: what it is, and what its author has to repair. */
export function reviewView(options: ReviewOptions): HTMLElement {
  const { source, language, text, begin, onAll } = options;
  const { entry, problems, playable } = source;
  const { learning } = text;
  const summary = entry.summaries[languageFor(entry, language)] ?? "";
  const all = html("button", { type: "button", class: "quiet small" }, `← ${learning.all}`);
  all.addEventListener("click", () => onAll());
  const start = html("button", { type: "button", class: "primary" }, begin.label);
  start.addEventListener("click", () => begin.act());
  const verdict = playable ? learning.foreign.playable : learning.foreign.unplayable;
  return html(
    "div",
    { class: "lesson-review" },
    html("div", { class: "lesson-head" }, html("div", { class: "lesson-row" }, all)),
    html("h2", { tabindex: -1 }, titleIn(entry, language)),
    summary === "" ? null : html("p", { class: "muted" }, summary),
    problemList(problems, text, { open: true }),
    problems.length === 0 ? null : html("p", {}, verdict),
    playable ? html("div", { class: "step-bar" }, start) : null,
  );
}
