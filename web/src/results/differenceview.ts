import { html } from "../dom/element.ts";
import { type DiffLine, diffLines } from "./diff.ts";

/** Lines without a change that are shown around one. */
const CONTEXT = 3;

/** The difference of two texts, its unchanged stretches folded into a line that tells how long they are. */
export function differenceView(
  before: string,
  after: string,
  label: string,
  folded: (lines: number) => string,
): HTMLElement {
  const view = html("pre", { class: "diff", role: "region", tabindex: 0, "aria-label": label });
  const lines = diffLines(before, after);
  let hidden = 0;
  const flush = () => {
    if (hidden > 0) {
      view.append(html("span", { class: "folded" }, `${folded(hidden)}\n`));
      hidden = 0;
    }
  };
  for (const [index, { sign, text }] of lines.entries()) {
    if (sign === " " && !isNear(lines, index)) {
      hidden++;
    } else {
      flush();
      view.append(
        html("span", { class: sign === "+" ? "added" : sign === "-" ? "removed" : "" }, `${sign} ${text}\n`),
      );
    }
  }
  flush();
  return view;
}

function isNear(lines: readonly DiffLine[], index: number): boolean {
  return lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " ");
}
