/** Host milliseconds before what could not be fetched is asked for again: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * Fetches code and texts of the page that somebody waits for. What does not come is
 * asked for again until it does, and the page is told meanwhile. The HTML standard
 * has browsers ask the server again; one that remembers the failure (Firefox before
 * 155) needs the page loaded again, which it can then offer.
 */
export class Loader {
  readonly #onTrouble: (isTrouble: boolean) => void;
  /** One for each load that has failed at least once. */
  readonly #failing = new Set<object>();

  constructor(onTrouble: (isTrouble: boolean) => void) {
    this.#onTrouble = onTrouble;
  }

  async load<Value>(attempt: () => Promise<Value>): Promise<Value> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const value = await attempt();
        if (this.#failing.delete(attempt) && this.#failing.size === 0) {
          this.#onTrouble(false);
        }
        return value;
      } catch {
        this.#failing.add(attempt);
        this.#onTrouble(true);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}
