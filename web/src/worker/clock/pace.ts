import { MAXIMUM_LAG_MILLISECONDS, validRate } from "./clockbounds.ts";

/**
 * How cluster time follows host time: at a rate, counted from an anchor, which is
 * a moment of host time and the elapsed time that the clock shows then.
 */
export class Pace {
  /** A client outside this Go program (kubectl) is busy. */
  busy = false;
  readonly #hostNow: () => number;
  #rate: number;
  #anchorHost: number;
  #anchorElapsed = 0;

  constructor(hostNow: () => number, rate: number) {
    this.#hostNow = hostNow;
    this.#rate = validRate(rate);
    this.#anchorHost = hostNow();
  }

  /** The rate asked for. */
  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.#rate = validRate(rate);
  }

  /** Cluster milliseconds per host millisecond now: at most one while a client is busy. */
  get perHost(): number {
    return this.busy ? Math.min(this.#rate, 1) : this.#rate;
  }

  /** Counts from here: the clock shows this elapsed time. */
  anchor(elapsed: number): void {
    this.#anchorHost = this.#hostNow();
    this.#anchorElapsed = elapsed;
  }

  /** The elapsed time that the clock should show now. */
  target(): number {
    return this.#anchorElapsed + (this.#hostNow() - this.#anchorHost) * this.perHost;
  }

  /** The clock is only at `due` when it should be at `target`: drops the lag beyond what it may catch up. */
  dropLag(target: number, due: number): void {
    const excess = target - due - MAXIMUM_LAG_MILLISECONDS * this.perHost;
    if (excess > 0) {
      this.#anchorElapsed -= excess;
    }
  }
}
