import { decode } from "./sevenbits.ts";

/**
 * The files that this document contains, by their names. Each is in one or more data
 * blocks of web/single.mjs; {@link take} is called behind each block while the document
 * is parsed, so that no more than one is in memory as text.
 */
export class EmbeddedFiles {
  readonly #files = new Map<string, Blob>();

  /** Takes a block out of the document. */
  take(block: Element): void {
    const name = block.getAttribute("data-file") ?? "";
    const before = this.#files.get(name);
    const part = decode(block.textContent ?? "");
    this.#files.set(name, new Blob(before === undefined ? [part] : [before, part]));
    block.remove();
  }

  get(name: string): Blob | undefined {
    return this.#files.get(name);
  }

  /** Those whose names begin so. */
  beginning(start: string): ReadonlyMap<string, Blob> {
    return new Map([...this.#files].filter(([name]) => name.startsWith(start)));
  }
}
