import type { Directory } from "./directory.ts";
import { PARTS, type PageState, type Part } from "./pagestate.ts";

/** Where a part of the page state is read and written. */
export interface PartStore<Name extends Part> {
  load(): PageState[Name] | undefined;
  save(value: PageState[Name] | undefined): void;
}

/**
 * One cluster's page state: read once, and written part by part. While a part is
 * being written only its newest value waits.
 */
export class PageStore {
  readonly #directory: Directory | undefined;
  readonly #cluster: string;
  readonly #waiting = new Set<Part>();
  #state: PageState;
  #writing: Promise<void> | undefined;
  #frozen = false;

  private constructor(directory: Directory | undefined, cluster: string, state: PageState) {
    this.#directory = directory;
    this.#cluster = cluster;
    this.#state = state;
  }

  /** Without a directory nothing is kept. */
  static async open(directory: Directory | undefined, cluster: string): Promise<PageStore> {
    return new PageStore(directory, cluster, (await directory?.load(cluster).catch(() => undefined)) ?? {});
  }

  get state(): PageState {
    return this.#state;
  }

  part<Name extends Part>(part: Name): PartStore<Name> {
    return {
      load: () => this.#state[part],
      save: (value) => this.set(part, value),
    };
  }

  set<Name extends Part>(part: Name, value: PageState[Name] | undefined): void {
    if (!this.#frozen) {
      this.#state = { ...this.#state, [part]: value };
      this.#waiting.add(part);
      this.#writing ??= this.#write();
    }
  }

  replace(state: PageState): void {
    for (const part of PARTS) {
      this.set(part, state[part]);
    }
  }

  /** The cluster is another tab's now: nothing more is written. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Resolves when all is written, or cannot be: what is wrong with storage the control plane tells. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (const part of this.#waiting) {
      this.#waiting.delete(part);
      await this.#directory?.save(this.#cluster, part, this.#state[part]).catch(() => undefined);
    }
    this.#writing = undefined;
  }
}
