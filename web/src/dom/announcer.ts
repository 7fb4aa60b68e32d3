/** Host milliseconds between two announcements. */
const INTERVAL = 3000;

/**
 * Passes on the newest text, at most once in three seconds: a screen reader reads
 * the state of the cluster, not each of its changes.
 */
export class Announcer {
  readonly #announce: (text: string) => void;
  #waiting: (() => string) | undefined;
  #said = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(announce: (text: string) => void) {
    this.#announce = announce;
  }

  /** The text is made when it is announced. */
  say(text: () => string): void {
    this.#waiting = text;
    if (this.#timer === undefined) {
      this.#release();
    }
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #release(): void {
    const text = this.#waiting?.();
    this.#waiting = undefined;
    this.#timer = undefined;
    if (text !== undefined && text !== this.#said) {
      this.#said = text;
      this.#announce(text);
      this.#timer = setTimeout(() => this.#release(), INTERVAL);
    }
  }
}
