import type { GoTables } from "./gostate.ts";

/** Of an instance of wasm_exec.js's class Go, what an entry into it needs. */
export interface Entered extends Pick<GoTables, "_pendingEvent" | "exited"> {
  _resolveExitPromise(): void;
}

/**
 * The entries into Go, so that it can be suspended in the midst of one: when it calls
 * a function of a part of the module that is not there (wasm/split). The entry then
 * returns as if Go had nothing more to do, and every later one waits, in order, until
 * Go goes on with that call. Nothing of Go runs meanwhile, so its time must stand.
 */
export class Suspension {
  readonly #go: Entered;
  readonly #resume: () => void;
  readonly #waiting: unknown[] = [];
  readonly #late: (() => void)[] = [];
  /** Nested entries: Go calls JavaScript, which calls Go. */
  #depth = 0;
  #suspended = false;
  /** What the last entry is about. */
  #entered: unknown = null;

  /** `resume` enters Go with the event that is pending. */
  constructor(go: Entered, resume: () => void) {
    this.#go = go;
    this.#resume = resume;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** Go has been entered from JavaScript that it called itself: it cannot be suspended, as that waits for an answer. */
  get nested(): boolean {
    return this.#depth > 1;
  }

  /** Enters Go with the event that is pending, or lets it wait. */
  enter(): void {
    this.#entered = this.#go._pendingEvent;
    if (this.#suspended) {
      this.#waiting.push(this.#go._pendingEvent);
    } else {
      this.run(this.#resume);
    }
  }

  /** Runs what enters Go. */
  run<Value>(enter: () => Value): Value {
    this.#depth++;
    try {
      return enter();
    } finally {
      this.#depth--;
    }
  }

  /** The entry that runs is about to return early. */
  suspend(): void {
    this.#suspended = true;
  }

  /**
   * Goes on where Go was suspended, by `loop`, which runs Go's call that is pending;
   * then handles the events that have waited.
   */
  goOn(loop: () => void): void {
    this.#suspended = false;
    this.run(loop);
    if (this.#go.exited) {
      this.#go._resolveExitPromise();
      return;
    }
    while (!this.#suspended && !this.#go.exited && this.#waiting.length > 0) {
      this.#go._pendingEvent = this.#waiting.shift() ?? null;
      this.run(this.#resume);
    }
    if (!this.#suspended) {
      for (const late of this.#late.splice(0)) {
        late();
      }
    }
  }

  /** Calls a function of Go's and passes its result on: at once, or when Go has gone on if it is suspended in it. */
  call<Value>(call: () => Value, done: (value: Value) => void): void {
    const value = call();
    if (!this.#suspended) {
      done(value);
      return;
    }
    // As wasm_exec.js has it in _makeFuncWrapper.
    const event = this.#entered as { readonly result: Value };
    this.#late.push(() => done(event.result));
  }
}
