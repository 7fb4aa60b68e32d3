/** The timers in an image: ids and due times of those that are set, all of them Go's. */
export interface TimersState {
  readonly next: number;
  readonly set: readonly (readonly [id: number, due: number])[];
}

export interface Timer {
  readonly id: number;
  /** The millisecond of the clock at which it fires. */
  readonly due: number;
  /** What to call; undefined for one of Go's. */
  readonly run: (() => void) | undefined;
}

/**
 * The timers that are set and not cleared, earliest first; of two due at the
 * same millisecond the one set first. A binary heap: Go keeps few of them (one
 * for its own timer heap, one for each goroutine that sleeps on a runtime note),
 * but sets and clears them at every turn.
 */
export class Timers {
  readonly #heap: Timer[] = [];
  readonly #cleared = new Set<number>();
  readonly #live = new Set<number>();
  #nextId = 1;

  /** Number of timers that are set. */
  get size(): number {
    return this.#live.size;
  }

  /** Sets a timer and returns its id, a positive 32-bit integer. */
  set(due: number, run?: () => void): number {
    const id = this.#nextId;
    this.#nextId = id === 0x7fffffff ? 1 : id + 1;
    this.#live.add(id);
    this.#heap.push({ id, due, run });
    this.#up(this.#heap.length - 1);
    return id;
  }

  /** Clears a timer. An id that is not set (any more) is ignored, as by clearTimeout. */
  clear(id: number): void {
    if (this.#live.delete(id)) {
      this.#cleared.add(id);
    }
  }

  has(id: number): boolean {
    return this.#live.has(id);
  }

  /** The earliest timer, or undefined. */
  next(): Timer | undefined {
    let top = this.#heap[0];
    while (top !== undefined && this.#cleared.delete(top.id)) {
      this.#pop();
      top = this.#heap[0];
    }
    return top;
  }

  /** Throws if a timer is set that is not Go's. */
  capture(): TimersState {
    const set = this.#heap.filter(({ id }) => this.#live.has(id)).sort((a, b) => a.id - b.id);
    if (set.some(({ run }) => run !== undefined)) {
      throw new Error("a timer is set that is not Go's");
    }
    return { next: this.#nextId, set: set.map(({ id, due }) => [id, due]) };
  }

  /** Sets the captured timers; none may be set yet. */
  restore(state: TimersState): void {
    for (const [id, due] of state.set) {
      this.#nextId = id;
      this.set(due);
    }
    this.#nextId = state.next;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) {
        return;
      }
      index = parent;
    }
  }

  #down(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = right < this.#heap.length && this.#earlier(right, left) ? right : left;
      if (child >= this.#heap.length || !this.#swapIfEarlier(child, index)) {
        return;
      }
      index = child;
    }
  }

  #earlier(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) {
      return false;
    }
    return first.due === second.due ? first.id < second.id : first.due < second.due;
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const first = this.#heap[child];
    const second = this.#heap[parent];
    if (first === undefined || second === undefined || !this.#earlier(child, parent)) {
      return false;
    }
    this.#heap[parent] = first;
    this.#heap[child] = second;
    return true;
  }
}
