/** How much of the end of standard error is kept for a panic: goroutine traces of a whole control plane are long, and the first is the one that matters. */
const MAXIMUM_KEPT = 64 * 1024;

/**
 * What Go writes to its standard output and error: its own runtime's messages,
 * as logging goes another way. The report of a panic is found in it: the
 * runtime prints it there, and nothing can recover from it.
 */
export class StandardError {
  readonly #decoder = new TextDecoder();
  #text = "";
  #panicking = false;

  write(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const start = this.#panicking ? -1 : this.#text.search(PANIC);
    if (start >= 0) {
      this.#panicking = true;
      this.#text = this.#text.slice(start);
    }
    if (this.#text.length > MAXIMUM_KEPT) {
      this.#text = this.#panicking ? this.#text.slice(0, MAXIMUM_KEPT) : this.#text.slice(-MAXIMUM_KEPT);
    }
  }

  /** The panic in the output: its first line, and all of it. Without a panic, `otherwise` and the whole output. */
  panic(otherwise: string): { message: string; stack: string } {
    const text = this.#text.trim();
    if (!this.#panicking) {
      return { message: otherwise, stack: text };
    }
    const end = text.indexOf("\n\ngoroutine ");
    const head = end < 0 ? text : text.slice(0, end);
    return { message: head.replace(/\s*\n\s*/g, " ").trim(), stack: text };
  }
}

/** How the runtime's reports of a panic, a fatal error and a failed allocation begin. */
const PANIC = /^(panic: |fatal error: |runtime: out of memory)/m;
