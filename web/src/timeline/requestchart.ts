import { svg } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { TrafficResult } from "../protocol/traffic.ts";
import type { Frame } from "./chart.ts";
import type { Range } from "./model.ts";
import { type RequestSecond, requestsIn, requestsTogether, secondOf } from "./requests.ts";

/** Room for the name of the chart above its bars. */
const HEAD = 6;

/**
 * Requests of each cluster second as bars, answered below and failed above, into
 * the frame of the pods' chart: the same moment stands at the same place.
 */
export function drawRequests(
  seconds: readonly RequestSecond[],
  range: Range,
  frame: Frame,
  top: number,
  bottom: number,
  text: Text,
): SVGElement[] {
  const shown = requestsIn(seconds, range);
  const most = Math.max(1, ...shown.map(({ answered, failed }) => answered + failed));
  const base = bottom - 1;
  const y = (count: number) => base - (count / most) * (base - top - HEAD);
  const bar = (second: RequestSecond, low: number, high: number) => {
    if (high <= low) {
      return "";
    }
    const { from, to } = secondOf(second);
    const [left, right] = [frame.x(from), frame.x(Math.min(to, range.known))];
    return right <= left
      ? ""
      : `M${left.toFixed(1)} ${y(low).toFixed(1)}V${y(high).toFixed(1)}H${right.toFixed(1)}V${y(low).toFixed(1)}Z`;
  };
  const together = requestsTogether(seconds, range);
  const words = text.timeline;
  return [
    svg("path", { class: "grid", d: `M${frame.left} ${base}H${frame.right}` }),
    svg("text", { class: "axis end", x: frame.left - 8, y: y(most) + 8 }, String(most)),
    svg("path", {
      class: "requests-answered",
      d: shown.map((second) => bar(second, 0, second.answered)).join(""),
    }),
    svg("path", {
      class: "requests-failed",
      d: shown.map((second) => bar(second, second.answered, second.answered + second.failed)).join(""),
    }),
    svg(
      "text",
      { class: "requests-text", x: frame.right + 8, y: top + HEAD + 8 },
      words.answered(together.answered),
    ),
    svg(
      "text",
      {
        class: `requests-text${together.failed > 0 ? " failed" : ""}`,
        x: frame.right + 8,
        y: top + HEAD + 24,
      },
      words.failed(together.failed),
    ),
  ];
}

/** Such as `8 answered (v1 3, v2 5), 1 failed (refused 1)`. */
export function sayRequests(second: RequestSecond, text: Text): string {
  const words = text.timeline;
  const list = (entries: [string, number][]) =>
    entries.length === 0 ? "" : ` (${entries.map(([name, count]) => `${name} ${count}`).join(", ")})`;
  const reasons = Object.entries(second.byReason) as [TrafficResult, number][];
  return [
    words.answered(second.answered) + list(Object.entries(second.byVersion)),
    words.failed(second.failed) +
      list(
        reasons
          .filter(([, count]) => count > 0)
          .map(([reason, count]) => [text.trafficResults[reason], count]),
      ),
  ].join(", ");
}
