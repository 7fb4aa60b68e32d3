import type { Frame, Item } from "../protocol/topology.ts";

/**
 * What the page knows about the cluster: the sum of all frames.
 */
export class Inventory {
  readonly #items = new Map<string, Item>();
  #time = 0;
  #revision = 0;

  /** By UID. An item is replaced, never changed, so `===` tells whether it is the same. */
  get items(): ReadonlyMap<string, Item> {
    return this.#items;
  }

  /** Cluster time of the last frame, in milliseconds; 0 before the first. */
  get time(): number {
    return this.#time;
  }

  /** Store revision of the last frame. */
  get revision(): number {
    return this.#revision;
  }

  apply(frame: Frame): void {
    if (frame.reset) {
      this.#items.clear();
    }
    for (const uid of frame.removes) {
      this.#items.delete(uid);
    }
    for (const item of frame.upserts) {
      this.#items.set(item.uid, item);
    }
    this.#time = frame.time;
    this.#revision = frame.revision;
  }

  clear(): void {
    this.#items.clear();
    this.#revision = 0;
  }
}
