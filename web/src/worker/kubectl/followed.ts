import type { GoClock } from "../go.ts";
import { Timers } from "../timers.ts";

/**
 * The cluster's clock as another worker sees it: it stands at the time of the
 * last message of the control plane's, and is never ahead of it. Timers set on
 * it fire when a message brings their time; the first of them is the alarm that
 * the control plane is asked for.
 */
export class FollowedClock implements GoClock {
  readonly #timers = new Timers();
  #start: number | undefined;
  #now = 0;

  /** Milliseconds since 1970; 0 before the first message. */
  get now(): number {
    return this.#now;
  }

  get monotonic(): number {
    return this.#now - (this.#start ?? 0) + 1;
  }

  /** When the first timer is due, or null. */
  get alarm(): number | null {
    return this.#timers.next()?.due ?? null;
  }

  /** The time that a message brings. It never goes back. */
  advance(now: number): void {
    this.#start ??= now;
    this.#now = Math.max(this.#now, now);
  }

  setTimer(delay: number): number {
    return this.#timers.set(this.#now + Math.max(0, delay));
  }

  clearTimer(id: number): void {
    this.#timers.clear(id);
  }

  /** Takes the next timer that is due out and says whether there was one. */
  takeDue(): boolean {
    const timer = this.#timers.next();
    if (timer === undefined || timer.due > this.#now) {
      return false;
    }
    this.#timers.clear(timer.id);
    return true;
  }
}
