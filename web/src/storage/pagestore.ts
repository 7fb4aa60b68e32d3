import type { Directory } from "./directory.ts";
import { PARTS, type PageState, type Part } from "./pagestate.ts";

/** Reads and writes one part of the page state. */
export interface PartStore<Name extends Part> {
  load(): PageState[Name] | undefined;
  save(value: PageState[Name] | undefined): void;
}

/**
 * One cluster's page state: read once, and written part by part. While a part is
 * being written, only its newest value is queued.
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

  /** Without a directory nothing is stored. */
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

  /** Another tab has the cluster now: nothing more is written. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Resolves when everything is written, or cannot be: the control plane reports what is wrong with storage. */
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
