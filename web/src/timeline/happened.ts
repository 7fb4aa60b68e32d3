import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { TimelineMark } from "../protocol/timeline.ts";
import { clockTime } from "./chart.ts";
import type { Series } from "./model.ts";

/** The newest; the chart shows the rest. */
const ROWS = 120;

/** The content of the chart in words: what happened, and how many pods there were from then on. */
export class HappenedTable {
  readonly element: HTMLElement;
  readonly #headings = html("tr");
  readonly #body = html("tbody");

  constructor() {
    this.element = html(
      "div",
      { class: "timeline-table", tabindex: 0, role: "region", hidden: true },
      html("table", { class: "events-table" }, html("thead", {}, this.#headings), this.#body),
    );
  }

  localize(text: Text): void {
    const words = text.timeline;
    this.element.setAttribute("aria-label", words.table);
    this.#headings.replaceChildren(
      ...[words.time, words.happened, words.who].map((name) => html("th", { scope: "col" }, name)),
    );
  }

  write(series: Series, text: Text): void {
    const words = text.timeline;
    const rows = [
      ...series.marks.map((mark) => ({
        time: mark.time,
        what: sayMark(mark, text),
        who: mark.who || words.you,
      })),
      ...series.points.map((point) => ({
        time: point.time,
        what: words.at(clockTime(point.time), point.total, point.available, point.floor, point.ceiling),
        who: "",
      })),
    ]
      .sort((a, b) => b.time - a.time)
      .slice(0, ROWS);
    this.#body.replaceChildren(
      ...rows.map(({ time, what, who }) =>
        html(
          "tr",
          {},
          html("td", { class: "event-age" }, clockTime(time)),
          html("td", {}, what),
          html("td", {}, who),
        ),
      ),
    );
  }
}

/** Such as `Image changed: nginx:v1 → nginx:v2`. */
export function sayMark(mark: TimelineMark, text: Text): string {
  if (mark.source === "change") {
    const what = text.timeline.changes[mark.what] ?? mark.what;
    const values = [mark.from, mark.to].filter(Boolean).join(" → ");
    return values === "" ? what : `${what}: ${values}`;
  }
  const subject = mark.kind === "Deployment" ? "" : `${mark.kind} ${mark.name} `;
  return `${subject}${mark.what}${mark.to === "" ? "" : `: ${mark.to}`}`;
}
