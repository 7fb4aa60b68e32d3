import { svg } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { TimelineMark, TimelinePoint } from "../protocol/timeline.ts";
import { pointsIn, type Range, revisionsOf, type Series, ticksOf } from "./model.ts";

/** Lengths are CSS pixels where the page's text is 16 px. */
const LEFT = 34;
const RIGHT = 100;
const MARKS_HEIGHT = 26;
const AXIS_HEIGHT = 20;
const TICK_ROOM = 76;

/** The horizontal range of a chart, and the place of each time in it. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  x(time: number): number;
}

export interface Chart extends Frame {
  readonly elements: readonly SVGElement[];
  /** The cluster time at a place. */
  timeAt(x: number): number;
  readonly top: number;
  /** Of the pods; below it `below` is left free, then come the times. */
  readonly bottom: number;
}

/**
 * Draws a series into a rectangle from 0, 0, with `below` left free between
 * it and the times. Pure: it makes elements and touches no page.
 */
export function drawChart(
  series: Series,
  range: Range,
  width: number,
  height: number,
  below: number,
  text: Text,
): Chart {
  const top = MARKS_HEIGHT;
  const axis = height - AXIS_HEIGHT;
  const bottom = axis - below;
  const plot = Math.max(width - LEFT - RIGHT, 40);
  const x = (time: number) =>
    LEFT + (Math.min(Math.max(time, range.from), range.to) - range.from) * (plot / (range.to - range.from));
  const points = pointsIn(series.points, range);
  const most = Math.max(1, ...points.map(({ ceiling, total }) => Math.max(ceiling, total))) + 0.35;
  const y = (count: number) => bottom - (count / most) * (bottom - top);
  const last = points.at(-1);
  return {
    elements: [
      ...gridLines(most, y, plot),
      ...timeTicks(range, plot, x, axis),
      ...areas(points, range, x, y),
      stepLine("line-total", points, range, x, y, ({ total }) => total),
      stepLine("line-available", points, range, x, y, ({ available }) => available),
      stepLine("bound-ceiling", points, range, x, y, ({ ceiling }) => ceiling),
      stepLine("bound-floor", points, range, x, y, ({ floor }) => floor),
      ...boundLabels(last, width, y, text),
      ...markShapes(series.marks, range, x, top, bottom),
    ],
    x,
    left: LEFT,
    right: LEFT + plot,
    timeAt: (place) => range.from + ((place - LEFT) / plot) * (range.to - range.from),
    top,
    bottom,
  };
}

/** Stacked by revision, the available part of each full and the rest pale. */
function areas(
  points: readonly TimelinePoint[],
  range: Range,
  x: (time: number) => number,
  y: (count: number) => number,
): SVGElement[] {
  const revisions = revisionsOf(points);
  const newest = revisions.at(-1);
  return revisions.flatMap((revision, order) => {
    const base = (point: TimelinePoint) =>
      point.sets.filter((set) => set.revision < revision).reduce((sum, set) => sum + set.total, 0);
    const of = (point: TimelinePoint) => point.sets.filter((set) => set.revision === revision);
    const total = (point: TimelinePoint) => base(point) + of(point).reduce((sum, set) => sum + set.total, 0);
    const available = (point: TimelinePoint) =>
      base(point) + of(point).reduce((sum, set) => sum + Math.min(set.available, set.total), 0);
    const shade = revision === newest && revision > 0 ? "new" : order % 2 === 0 ? "old" : "older";
    const area = (
      name: string,
      upper: (point: TimelinePoint) => number,
      lower: (point: TimelinePoint) => number,
    ) =>
      svg("path", {
        class: `area area-${shade} ${name}`,
        d: `${steps(points, range, x, (point) => y(upper(point)), false)}${steps(points, range, x, (point) => y(lower(point)), true)}Z`,
      });
    return [area("area-unavailable", total, available), area("area-available", available, base)];
  });
}

/** Path data of a step function; reversed it goes on from where the other ended. */
function steps(
  points: readonly TimelinePoint[],
  range: Range,
  x: (time: number) => number,
  y: (point: TimelinePoint) => number,
  reversed: boolean,
): string {
  const corners: [number, number][] = [];
  points.forEach((point, index) => {
    const end = points[index + 1]?.time ?? range.known;
    corners.push([x(point.time), y(point)], [x(end), y(point)]);
  });
  if (reversed) {
    corners.reverse();
  }
  return corners
    .map(
      ([left, height], index) =>
        `${index === 0 && !reversed ? "M" : "L"}${left.toFixed(1)} ${height.toFixed(1)}`,
    )
    .join("");
}

function stepLine(
  name: string,
  points: readonly TimelinePoint[],
  range: Range,
  x: (time: number) => number,
  y: (count: number) => number,
  count: (point: TimelinePoint) => number,
): SVGElement {
  return svg("path", {
    class: `step ${name}`,
    d: steps(points, range, x, (point) => y(count(point)), false),
  });
}

function gridLines(most: number, y: (count: number) => number, plot: number): SVGElement[] {
  const rows = Math.max(1, Math.min(5, Math.floor((y(0) - y(most)) / 18)));
  const step = roundStep(most / rows);
  const lines: SVGElement[] = [];
  for (let count = 0; count <= most; count += step) {
    lines.push(
      svg("path", { class: "grid", d: `M${LEFT} ${y(count)}H${LEFT + plot}` }),
      svg("text", { class: "axis end", x: LEFT - 8, y: y(count) + 4 }, String(count)),
    );
  }
  return lines;
}

/** The least of 1, 2, 5, 10, 20, 50, … that is no less than a number. */
function roundStep(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(least, 1))));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function timeTicks(range: Range, plot: number, x: (time: number) => number, bottom: number): SVGElement[] {
  return ticksOf(range, plot, TICK_ROOM).map((time) =>
    svg(
      "g",
      {},
      svg("path", { class: "tick", d: `M${x(time)} ${bottom}v4` }),
      svg("text", { class: "axis middle", x: x(time), y: bottom + 16 }, clockTime(time)),
    ),
  );
}

function boundLabels(
  point: TimelinePoint | undefined,
  width: number,
  y: (count: number) => number,
  text: Text,
): SVGElement[] {
  if (point === undefined) {
    return [];
  }
  const place = width - RIGHT + 8;
  const apart = Math.abs(y(point.ceiling) - y(point.floor)) < 14 ? 7 : 0;
  return [
    svg(
      "text",
      { class: "bound-text ceiling", x: place, y: y(point.ceiling) + 4 - apart },
      text.timeline.ceiling(point.ceiling),
    ),
    svg(
      "text",
      { class: "bound-text floor", x: place, y: y(point.floor) + 4 + apart },
      text.timeline.floor(point.floor),
    ),
  ];
}

/** What people changed is a flag with a line down the chart, a condition a square, an event a dot, a warning a triangle. */
function markShapes(
  marks: readonly TimelineMark[],
  range: Range,
  x: (time: number) => number,
  top: number,
  bottom: number,
): SVGElement[] {
  const shapes: SVGElement[] = [];
  const taken = new Set<string>();
  for (const mark of marks) {
    if (mark.time < range.from || mark.time > range.to) {
      continue;
    }
    const place = x(mark.time);
    const kind = mark.source === "change" ? "change" : mark.warning ? "warning" : mark.source;
    // Marks in the same place would only hide each other.
    const spot = `${kind} ${Math.round(place / 5)}`;
    if (taken.has(spot)) {
      continue;
    }
    taken.add(spot);
    const height = top - 13;
    const shape =
      kind === "change"
        ? `M${place} ${bottom}V${height - 6}H${place + 9}L${place + 6} ${height - 2.5}L${place + 9} ${height + 1}H${place}`
        : kind === "warning"
          ? `M${place} ${height - 5}L${place + 5} ${height + 4}H${place - 5}Z`
          : kind === "condition"
            ? `M${place - 3.5} ${height - 3.5}h7v7h-7Z`
            : `M${place - 2.5} ${height}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`;
    shapes.push(svg("path", { class: `mark mark-${kind}`, d: shape }));
  }
  return shapes;
}

/** Such as `12:00:05`, in UTC as the clock shows it. */
export function clockTime(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}
