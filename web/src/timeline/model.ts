import type { TimelineDelta, TimelineMark, TimelinePoint, TimelineSeries } from "../protocol/timeline.ts";

/** As many as Go keeps of a Deployment (engine/view/timeline); beyond that the oldest are dropped. */
const MAXIMUM_POINTS = 600;
const MAXIMUM_MARKS = 300;

/** The least that is drawn, in milliseconds of cluster time. */
const LEAST_RANGE = 20_000;
/** Shown before the change that a range begins with. */
const LEAD = 3_000;

/** Everything known about one Deployment. */
export type Series = TimelineSeries;

/** The timelines of all Deployments: the deltas, added up. */
export class Timelines {
  readonly #series = new Map<string, Series>();

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }

  find(uid: string | undefined): Series | undefined {
    return uid === undefined ? undefined : this.#series.get(uid);
  }

  add(delta: TimelineDelta): void {
    if (delta.reset) {
      this.#series.clear();
    }
    for (const uid of delta.removes) {
      this.#series.delete(uid);
    }
    for (const one of delta.series) {
      const known = this.#series.get(one.uid);
      this.#series.set(one.uid, {
        uid: one.uid,
        namespace: one.namespace,
        name: one.name,
        points: [...(known?.points ?? []), ...one.points].slice(-MAXIMUM_POINTS),
        marks: [...(known?.marks ?? []), ...one.marks]
          .sort((a, b) => a.time - b.time || a.revision - b.revision)
          .slice(-MAXIMUM_MARKS),
      });
    }
  }

  clear(): void {
    this.#series.clear();
  }
}

export interface Range {
  readonly from: number;
  readonly to: number;
  /** Where what has happened ends, at most `to`: after it there is room for what comes. */
  readonly known: number;
}

/** The stretch of cluster time to draw: from the last change of the spec, or all there is. `now` is cluster time. */
export function rangeOf(series: Series, kind: "rollout" | "all", now: number): Range {
  const first = series.points[0]?.time ?? now;
  const lastChange = series.marks.findLast(({ source }) => source === "change")?.time ?? first;
  const begin = kind === "all" ? first : Math.max(lastChange, Math.min(first, lastChange));
  const last = series.points.at(-1)?.time ?? now;
  // A rollout that is over is not squeezed by the quiet time after it.
  const end =
    kind === "all" ? now : Math.min(now, Math.max(last + (last - begin) * 0.15, begin + LEAST_RANGE));
  const from = begin - LEAD;
  const to = Math.max(end, from + LEAST_RANGE);
  return { from, to, known: Math.min(to, Math.max(now, last)) };
}

/** The point that holds at a moment; the first one before there is any. */
export function pointAt(points: readonly TimelinePoint[], time: number): TimelinePoint | undefined {
  return points.findLast((point) => point.time <= time) ?? points[0];
}

/** The number of marks that are described for one moment. */
const MARKS_AT_MOMENT = 3;

/** The newest marks around a moment. What was changed is the cause of the rest, so it is never left out for them. */
export function marksNear(marks: readonly TimelineMark[], time: number, distance: number): TimelineMark[] {
  const near = marks.filter((mark) => Math.abs(mark.time - time) <= distance);
  const isChange = (mark: TimelineMark) => mark.source === "change";
  const byWorth = [...near.filter((mark) => !isChange(mark)), ...near.filter(isChange)];
  const told = new Set(byWorth.slice(-MARKS_AT_MOMENT));
  return near.filter((mark) => told.has(mark));
}

/** The moments at which something changed or happened, in order, without repetition. */
export function momentsOf(series: Series, range: Range): number[] {
  const times = [...series.points, ...series.marks].map(({ time }) => time);
  return [...new Set(times)].filter((time) => time >= range.from && time <= range.to).sort((a, b) => a - b);
}

/** The revisions that had pods within the points, oldest first. */
export function revisionsOf(points: readonly TimelinePoint[]): number[] {
  const revisions = new Set(points.flatMap(({ sets }) => sets.map(({ revision }) => revision)));
  return [...revisions].sort((a, b) => a - b);
}

/** The points to draw a range with: those inside, and the one that holds at its beginning. */
export function pointsIn(points: readonly TimelinePoint[], range: Range): TimelinePoint[] {
  const inside = points.filter(({ time }) => time > range.from && time <= range.to);
  const before = points.findLast(({ time }) => time <= range.from);
  return before === undefined ? inside : [{ ...before, time: range.from }, ...inside];
}

/** Steps of round seconds that leave at least `room` pixels between two ticks. */
export function ticksOf(range: Range, width: number, room: number): number[] {
  const seconds = (range.to - range.from) / 1000;
  const most = Math.max(1, Math.floor(width / room));
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400];
  const step =
    (steps.find((candidate) => seconds / candidate <= most) ?? 86400 * Math.ceil(seconds / 86400 / most)) *
    1000;
  const ticks: number[] = [];
  for (let time = Math.ceil(range.from / step) * step; time <= range.to; time += step) {
    ticks.push(time);
  }
  return ticks;
}
