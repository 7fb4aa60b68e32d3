import type { ClusterEvent } from "../protocol/topology.ts";

/** Events that are kept; beyond that the oldest are dropped. */
export const EVENT_LIMIT = 200;

/**
 * The recent events, newest first. One that is seen again (same UID, a higher
 * count) moves to the top instead of standing there twice.
 */
export class RecentEvents {
  #events: ClusterEvent[] = [];

  get newestFirst(): readonly ClusterEvent[] {
    return this.#events;
  }

  add(events: readonly ClusterEvent[]): void {
    if (events.length === 0) {
      return;
    }
    const latest = new Map(events.map((event) => [event.uid, event]));
    const added = [...latest.values()].reverse();
    const known = this.#events.filter((event) => !latest.has(event.uid));
    // A stable sort: of one second, in which many happen, the order of arrival stays.
    this.#events = [...added, ...known].sort((one, other) => other.time - one.time).slice(0, EVENT_LIMIT);
  }

  clear(): void {
    this.#events = [];
  }
}
