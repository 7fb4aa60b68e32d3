import { ClusterTime, type TimeState } from "../clock/clustertime.ts";
import type { GoClock } from "../go/go.ts";

/**
 * The cluster's clock as another worker sees it: it stands at the time of the
 * control plane's last message, and is never ahead of it. Timers set on it fire
 * when a message brings their time; the first of them is the alarm that the
 * control plane is asked for.
 */
export class FollowedClock implements GoClock {
  readonly #time = new ClusterTime(0);
  #begun = false;

  /** Milliseconds since 1970; meaningless before the first message. */
  get now(): number {
    return this.#time.now;
  }

  get monotonic(): number {
    return this.#time.monotonic;
  }

  /** When the first timer is due, or null. */
  get alarm(): number | null {
    const { due, elapsed, now } = this.#time;
    return due === undefined ? null : due - elapsed + now;
  }

  /** The time that a message brings. It never goes back. */
  advance(now: number): void {
    if (this.#begun) {
      this.#time.passTo(this.#time.elapsed + now - this.#time.now);
    } else {
      this.#begun = true;
      this.#time.set(now);
    }
  }

  setTimer(delay: number): number {
    return this.#time.setTimer(delay);
  }

  clearTimer(id: number): void {
    this.#time.clearTimer(id);
  }

  /** Runs the next timer if it is due, by calling `go`, and says whether there was one. */
  fireDue(go: () => void): boolean {
    const { due, elapsed } = this.#time;
    if (due === undefined || due > elapsed) {
      return false;
    }
    this.#time.fire(go);
    return true;
  }

  capture(): TimeState {
    return this.#time.capture();
  }

  /** Goes on from where an image was captured, at the present time. Only before Go runs. */
  restore(state: TimeState): void {
    const { now } = this.#time;
    this.#time.restore(state);
    this.#time.set(now);
  }
}
