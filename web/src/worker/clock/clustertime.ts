import type { GoClock } from "../go/go.ts";
import { Timers, type TimersState } from "./timers.ts";

/** What an image records of the time: how long Go had run, and its timers. */
export interface TimeState {
  readonly elapsed: number;
  readonly timers: TimersState;
}

/**
 * The time that Go sees and its timers. It stands until the clock moves it, and
 * never goes back. Its tick is one millisecond, which is what Go's runtime asks
 * timers of its host in (runtime/lock_js.go; a timer within 1 ms before one that
 * is set already fires with that one).
 */
export class ClusterTime implements GoClock {
  readonly #timers = new Timers();
  /** Cluster time at elapsed 0. */
  #start: number;
  #elapsed = 0;

  constructor(startTime: number) {
    this.#start = Math.floor(startTime);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#start + this.#elapsed;
  }

  /** Milliseconds since the start of Go, an integer. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Milliseconds since an arbitrary moment before the start; never 0. */
  get monotonic(): number {
    return this.#elapsed + 1;
  }

  /** The elapsed time at which the next timer is due, if there is one. */
  get due(): number | undefined {
    return this.#timers.next()?.due;
  }

  /** Sets a timer that is due after `delay` ms. */
  setTimer(delay: number): number {
    return this.#timers.set(this.#elapsed + Math.max(0, delay));
  }

  /** Sets a timer that is not Go's: it calls `run` once at `time`. */
  setAlarm(time: number, run: () => void): number {
    return this.#timers.set(Math.max(this.#elapsed, Math.ceil(time - this.#start)), run);
  }

  clearTimer(id: number): void {
    this.#timers.clear(id);
  }

  /**
   * Sets the wall clock to `time`, for a cluster that goes on where it stopped.
   * Only before the cluster has started; timers and the monotonic time are not
   * affected.
   */
  set(time: number): void {
    this.#start = Math.floor(time) - this.#elapsed;
  }

  capture(): TimeState {
    return { elapsed: this.#elapsed, timers: this.#timers.capture() };
  }

  /** Goes on from where an image was captured. Only before anything has run. */
  restore(state: TimeState): void {
    this.#elapsed = state.elapsed;
    this.#timers.restore(state.timers);
  }

  passTo(elapsed: number): void {
    if (elapsed > this.#elapsed && elapsed !== Number.POSITIVE_INFINITY) {
      this.#elapsed = elapsed;
    }
  }

  /** Advances to the next timer and runs it; one of Go's by calling `go`. */
  fire(go: () => void): void {
    const timer = this.#timers.next();
    if (timer !== undefined) {
      this.passTo(timer.due);
      // Go clears the timer when it sees that it has fired, but need not.
      this.#timers.clear(timer.id);
      (timer.run ?? go)();
    }
  }
}
