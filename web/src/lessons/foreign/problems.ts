import { html } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import type { LessonProblem } from "../../protocol/lesson.ts";

/** Problems that are listed one by one; of more than these the author repairs some first. */
const MOST_LISTED = 500;

/** What the author of a lesson has to repair, each with its place; null when there is nothing. */
export function problemList(
  problems: readonly LessonProblem[],
  { learning }: Text,
  { open = false } = {},
): HTMLElement | null {
  if (problems.length === 0) {
    return null;
  }
  const { foreign } = learning;
  const rest = problems.length - MOST_LISTED;
  return html(
    "details",
    { class: "lesson-problems", open },
    html("summary", {}, foreign.problems(problems.length)),
    html(
      "ol",
      {},
      ...problems.slice(0, MOST_LISTED).map(({ file, line, column, message }) =>
        html(
          "li",
          {},
          html("p", { class: "lesson-problem-place" }, html("code", {}, file), " ", foreign.at(line, column)),
          // The engine words it, in English only.
          html("p", { lang: "en" }, message),
        ),
      ),
    ),
    rest > 0 ? html("p", { class: "muted" }, foreign.more(rest)) : null,
  );
}
