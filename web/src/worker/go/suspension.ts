import type { GoTables } from "./gostate.ts";

/** The members of an instance of wasm_exec.js's class Go that an entry into it needs. */
export interface Entered extends Pick<GoTables, "_pendingEvent" | "exited"> {
  _resolveExitPromise(): void;
}

/**
 * The entries into Go. Go can be suspended during one, when it calls a function of
 * the part of the module that is not loaded yet (wasm/split). The entry then returns
 * as if Go had nothing more to do, and every later one waits, in order, until Go goes
 * on with that call. Nothing of Go runs meanwhile, so its time must stand.
 */
export class Suspension {
  readonly #go: Entered;
  readonly #resume: () => void;
  readonly #waiting: unknown[] = [];
  readonly #late: (() => void)[] = [];
  /** Nested entries: Go calls JavaScript, which calls Go. */
  #depth = 0;
  #suspended = false;
  /** The event that the last entry handles. */
  #entered: unknown = null;

  /** `resume` enters Go with the event that is pending. */
  constructor(go: Entered, resume: () => void) {
    this.#go = go;
    this.#resume = resume;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** Go has been entered from JavaScript that Go itself called: it cannot be suspended, as that JavaScript waits for an answer. */
  get nested(): boolean {
    return this.#depth > 1;
  }

  /** Enters Go with the pending event, or queues it. */
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

  /** The current entry is about to return early. */
  suspend(): void {
    this.#suspended = true;
  }

  /**
   * Resumes Go where it was suspended, by calling `loop`, which makes the pending
   * call; then handles the events that have waited.
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

  /** Calls a Go function and passes its result on: at once, or, if Go is suspended during the call, once it has resumed. */
  call<Value>(call: () => Value, done: (value: Value) => void): void {
    const value = call();
    if (!this.#suspended) {
      done(value);
      return;
    }
    // As in wasm_exec.js, _makeFuncWrapper.
    const event = this.#entered as { readonly result: Value };
    this.#late.push(() => done(event.result));
  }
}
