/** How many lines are kept; the oldest is forgotten. */
const LIMIT = 500;

/** The lines that were run, and a walk through them that keeps the line being typed. */
export class History {
  readonly #lines: string[];
  /** The position of the walk; the number of lines when there is none. */
  #at: number;
  #typed = "";

  constructor(lines: readonly string[] = []) {
    this.#lines = lines.slice(-LIMIT);
    this.#at = this.#lines.length;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Remembers a line, unless it equals the last one, and ends the walk. */
  add(line: string): void {
    if (line.trim() !== "" && this.#lines.at(-1) !== line) {
      this.#lines.push(line);
      if (this.#lines.length > LIMIT) {
        this.#lines.shift();
      }
    }
    this.rest();
  }

  /** Ends the walk: the next step back returns the last line. */
  rest(): void {
    this.#at = this.#lines.length;
    this.#typed = "";
  }

  /** The previous line, or undefined at the beginning. `current` is the text of the input. */
  back(current: string): string | undefined {
    if (this.#at === 0) {
      return undefined;
    }
    if (this.#at === this.#lines.length) {
      this.#typed = current;
    }
    this.#at--;
    return this.#lines[this.#at];
  }

  /** The next line; at the end, the one that was being typed. */
  forward(): string | undefined {
    if (this.#at >= this.#lines.length) {
      return undefined;
    }
    this.#at++;
    return this.#at === this.#lines.length ? this.#typed : this.#lines[this.#at];
  }

  /** The `skip`-th line from the end that contains a text; equal lines count once. */
  search(text: string, skip = 0): string | undefined {
    const seen = new Set<string>();
    for (let n = this.#lines.length - 1; n >= 0; n--) {
      const line = this.#lines[n] ?? "";
      if (line.includes(text) && !seen.has(line)) {
        if (seen.size === skip) {
          return line;
        }
        seen.add(line);
      }
    }
    return undefined;
  }
}
