/** Host milliseconds before a failed fetch is repeated: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * Fetches code and texts of the page that somebody waits for. A failed fetch is
 * repeated until it succeeds, and the page is told meanwhile. By the HTML standard
 * a repeated import asks the server again; a browser that remembers the failure
 * (Firefox before 155) needs the page reloaded, which the page can then offer.
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
