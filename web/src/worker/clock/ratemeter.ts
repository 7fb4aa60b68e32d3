/** Host time over which the effective rate is measured. */
const WINDOW_MILLISECONDS = 1000;
/** Less host time than this says nothing: one turn of Go can take as long. */
const MINIMUM_MILLISECONDS = 100;

interface Sample {
  readonly host: number;
  readonly elapsed: number;
}

/** Measures how fast cluster time really passes, over about the last second of host time. */
export class RateMeter {
  /** Oldest first. A sample comes with each report of the clock, so there are few. */
  #samples: Sample[] = [];

  /** What was measured is void: the clock moves in another way from now on. */
  reset(): void {
    this.#samples = [];
  }

  sample(host: number, elapsed: number): void {
    this.#samples.push({ host, elapsed });
    while ((this.#samples[1]?.host ?? host) <= host - WINDOW_MILLISECONDS) {
      this.#samples.shift();
    }
  }

  /** Cluster milliseconds per host millisecond, or undefined before there is enough to measure. */
  rate(host: number, elapsed: number): number | undefined {
    const oldest = this.#samples[0];
    if (oldest === undefined || host - oldest.host < MINIMUM_MILLISECONDS) {
      return undefined;
    }
    return (elapsed - oldest.elapsed) / (host - oldest.host);
  }
}
