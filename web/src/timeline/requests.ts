import type { TrafficResult, TrafficStats } from "../protocol/traffic.ts";
import type { Range } from "./model.ts";

/** The requests of one cluster second. */
export interface RequestSecond {
  readonly time: number;
  readonly answered: number;
  readonly failed: number;
  /** Answered ones by the tag of the image that answered. */
  readonly byVersion: Readonly<Record<string, number>>;
  /** Failed ones by kind of failure. */
  readonly byReason: Readonly<Partial<Record<TrafficResult, number>>>;
}

const LENGTH = 1000;

/** The seconds of several clients as one series, oldest first. */
export function requestsOf(clients: readonly TrafficStats[]): RequestSecond[] {
  const seconds = new Map<number, RequestSecond>();
  for (const { seconds: some } of clients) {
    for (const { time, byResult, byVersion } of some) {
      const at = Math.floor(time / LENGTH) * LENGTH;
      const known = seconds.get(at);
      const { ok = 0, ...reasons } = byResult;
      seconds.set(at, {
        time: at,
        answered: (known?.answered ?? 0) + ok,
        failed: (known?.failed ?? 0) + sum(reasons),
        byVersion: added(known?.byVersion ?? {}, byVersion),
        byReason: added(known?.byReason ?? {}, reasons),
      });
    }
  }
  return [...seconds.values()].sort((a, b) => a.time - b.time);
}

export function requestsIn(seconds: readonly RequestSecond[], range: Range): RequestSecond[] {
  return seconds.filter(({ time }) => time + LENGTH > range.from && time < range.to);
}

/** The second that a moment is in. */
export function requestsAt(seconds: readonly RequestSecond[], time: number): RequestSecond | undefined {
  return seconds.findLast((second) => second.time <= time && time < second.time + LENGTH);
}

/** The sum of all seconds of a range; its time is the range's end. */
export function requestsTogether(seconds: readonly RequestSecond[], range: Range): RequestSecond {
  const together: RequestSecond = { time: range.known, answered: 0, failed: 0, byVersion: {}, byReason: {} };
  return requestsIn(seconds, range).reduce(
    (before, second) => ({
      time: before.time,
      answered: before.answered + second.answered,
      failed: before.failed + second.failed,
      byVersion: added(before.byVersion, second.byVersion),
      byReason: added(before.byReason, second.byReason),
    }),
    together,
  );
}

export function secondOf({ time }: RequestSecond): { from: number; to: number } {
  return { from: time, to: time + LENGTH };
}

function added<Key extends string>(
  one: Readonly<Partial<Record<Key, number>>>,
  other: Readonly<Partial<Record<Key, number>>>,
): Record<Key, number> {
  const result = { ...one } as Record<Key, number>;
  for (const [key, count] of Object.entries(other) as [Key, number][]) {
    result[key] = (result[key] ?? 0) + count;
  }
  return result;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
