import { captureGo, type GoFunction, type GoState, type GoTables, restoreGo } from "./gostate.ts";
import type { SeededRandom } from "./random.ts";
import type { StandardError } from "./stderr.ts";
import { type Entered, Suspension } from "./suspension.ts";

/** The members used here of an instance of wasm_exec.js's class Go. */
interface GoRuntime extends GoTables, Entered {
  _makeFuncWrapper(number: number): GoFunction;
  env: Record<string, string>;
  readonly importObject: WebAssembly.Imports & { gojs: Record<string, (sp: number) => void> };
  exit(code: number): void;
  run(instance: WebAssembly.Instance): Promise<void>;
  _resume(): void;
}

declare global {
  var Go: (new () => GoRuntime) | undefined;
  var fs:
    | {
        writeSync(descriptor: number, bytes: Uint8Array): number;
        open(path: string, flags: number, mode: number, opened: (error: Error) => void): void;
      }
    | undefined;
}

/** The clock that Go's runtime reads. */
export interface GoClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds since some moment, never 0. */
  readonly monotonic: number;
  setTimer(delay: number): number;
  clearTimer(id: number): void;
}

export interface GoOptions {
  readonly clock: GoClock;
  readonly random: Pick<SeededRandom, "fill">;
  readonly output: StandardError;
  /** Values that Go finds in the global object. */
  readonly globals: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Wraps every entry into Go, nested ones too; it calls `run` once. */
  turn(run: () => void): void;
  /** Go has exited with a code. Nothing of it runs any more. */
  exit(code: number): void;
}

/** What an image holds of a program besides its memory. */
export interface ProgramState extends GoState {
  /** Readings of the time in the same millisecond after the first, see GoProgram; −1 for none. */
  readonly readings: number;
}

/** Beyond this many readings in one millisecond, all return the same nanosecond. */
const MAXIMUM_READINGS = 999_999;

/**
 * A Go program, made ready to run. wasm_exec.js, which the toolchain ships, must
 * have been loaded; it is not changed. Time, timers and randomness come from
 * five imports that replace those of wasm_exec.js; src/runtime/sys_wasm.go,
 * lock_js.go, time and crypto/internal/sysrand use no others.
 */
export class GoProgram {
  /** The entries into Go, during which it may be suspended to wait for a part of its module. */
  readonly suspension: Suspension;
  readonly #go: GoRuntime;
  readonly #clock: GoClock;
  /** Cluster time stands within a turn, but each reading of it is a nanosecond later: client-go names an Event by it, and two Events with the same name would be one. */
  #lastReading = Number.NaN;
  #readings = 0;
  #memory: WebAssembly.Memory | undefined;
  /** The Go functions that JavaScript holds, with Go's numbers for them. */
  readonly #functions = new WeakMap<object, number>();

  constructor(options: GoOptions) {
    if (globalThis.Go === undefined || globalThis.fs === undefined) {
      throw new Error("wasm_exec.js has not been loaded");
    }
    Object.assign(globalThis, options.globals);
    globalThis.fs.writeSync = (_descriptor, bytes) => {
      options.output.write(bytes);
      return bytes.length;
    };
    // There are no files. Go looks for some, such as those of time zones, and takes any
    // other error for one of the disk.
    globalThis.fs.open = (path, _flags, _mode, opened) =>
      opened(Object.assign(new Error(`${path}: no such file or directory`), { code: "ENOENT" }));
    const go = new globalThis.Go();
    go.env = { ...options.environment };
    go.exit = (code) => options.exit(code);
    this.suspension = new Suspension(go, go._resume.bind(go));
    // Callbacks into Go (js.Func) end here too.
    go._resume = () => options.turn(() => this.suspension.enter());
    const wrap = go._makeFuncWrapper.bind(go);
    go._makeFuncWrapper = (number) => {
      const made = wrap(number);
      this.#functions.set(made, number);
      return made;
    };
    this.#replaceImports(go.importObject.gojs, options);
    this.#go = go;
    this.#clock = options.clock;
  }

  get imports(): WebAssembly.Imports {
    return this.#go.importObject;
  }

  /** Starts main. Its first turn runs before this returns. */
  run(instance: WebAssembly.Instance): Promise<void> {
    const { mem: memory } = instance.exports;
    if (!(memory instanceof WebAssembly.Memory)) {
      throw new Error("the module does not export its memory: it is not a Go program");
    }
    this.#memory = memory;
    return this.suspension.run(() => this.#go.run(instance));
  }

  /**
   * Readings of the time go on from the nanosecond `from` of this millisecond, unless they
   * are beyond it. Each run of Go's collector is a reading, so where two starts have
   * reached the same point with differently grown heaps, their readings differ.
   */
  passReadings(from: number): void {
    this.#readings = this.#lastReading === this.#clock.now ? Math.max(from, this.#readings) : from;
    this.#lastReading = this.#clock.now;
  }

  /** Everything of a program paused between two turns that is not in its memory. `given` are the values that the worker gave it, by name. */
  capture(wake: GoFunction, given: Readonly<Record<string, unknown>>): ProgramState {
    const readings = this.#lastReading === this.#clock.now ? this.#readings : -1;
    const numberOf = (value: unknown) =>
      typeof value === "function" ? this.#functions.get(value) : undefined;
    return { ...captureGo(this.#go, numberOf, wake, given), readings };
  }

  /** Go's numbers for the functions in an object, as an image stores them. */
  numbersOf(object: object): Record<string, number> {
    return Object.fromEntries(
      Object.entries(object).map(([name, value]) => [name, this.#functions.get(value) ?? Number.NaN]),
    );
  }

  /** The object that `numbersOf` was called with, rebuilt from its numbers. */
  objectOf(numbers: Readonly<Record<string, number>>): Record<string, GoFunction> {
    return Object.fromEntries(
      Object.entries(numbers).map(([name, number]) => [name, this.#go._makeFuncWrapper(number)]),
    );
  }

  /**
   * Puts a program whose memory is restored at the point where it was captured.
   * Returns the function that wakes it, and a promise as `run` does. Nothing has
   * run if this throws.
   */
  restore(
    instance: WebAssembly.Instance,
    memory: WebAssembly.Memory,
    state: ProgramState,
    given: Readonly<Record<string, unknown>>,
  ): { wake: () => void; ended: Promise<void> } {
    const wrapper = (number: number) => this.#go._makeFuncWrapper(number);
    const wake = restoreGo(this.#go, instance, memory, state, wrapper, given);
    this.#memory = memory;
    return {
      wake: () => {
        this.#lastReading = this.#clock.now;
        this.#readings = state.readings;
        wake();
      },
      ended: this.#go._exitPromise,
    };
  }

  /** Runs a turn because a timer is due. */
  resume(): void {
    this.#go._resume();
  }

  get memory(): WebAssembly.Memory {
    if (this.#memory === undefined) {
      throw new Error("Go does not run yet");
    }
    return this.#memory;
  }

  /** Size of the linear memory in bytes. */
  get memoryBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  #view(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** Arguments and results lie on Go's stack from 8 bytes above `sp`, as in wasm_exec.js. */
  #replaceImports(imports: Record<string, (sp: number) => void>, options: GoOptions): void {
    const { clock, random } = options;
    // func nanotime1() int64
    imports["runtime.nanotime1"] = (sp) => {
      this.#view().setBigInt64((sp >>> 0) + 8, BigInt(clock.monotonic) * 1_000_000n, true);
    };
    // func walltime() (sec int64, nsec int32)
    imports["runtime.walltime"] = (sp) => {
      const view = this.#view();
      const now = clock.now;
      this.#readings = now === this.#lastReading ? Math.min(this.#readings + 1, MAXIMUM_READINGS) : 0;
      this.#lastReading = now;
      const seconds = Math.floor(now / 1000);
      view.setBigInt64((sp >>> 0) + 8, BigInt(seconds), true);
      view.setInt32((sp >>> 0) + 16, (now - seconds * 1000) * 1_000_000 + this.#readings, true);
    };
    // func scheduleTimeoutEvent(delay int64) int32, in milliseconds
    imports["runtime.scheduleTimeoutEvent"] = (sp) => {
      const view = this.#view();
      const delay = Number(view.getBigInt64((sp >>> 0) + 8, true));
      view.setInt32((sp >>> 0) + 16, clock.setTimer(delay), true);
    };
    // func clearTimeoutEvent(id int32)
    imports["runtime.clearTimeoutEvent"] = (sp) => {
      clock.clearTimer(this.#view().getInt32((sp >>> 0) + 8, true));
    };
    // func getRandomData(r []byte)
    imports["runtime.getRandomData"] = (sp) => {
      const view = this.#view();
      const address = Number(view.getBigInt64((sp >>> 0) + 8, true));
      const length = Number(view.getBigInt64((sp >>> 0) + 16, true));
      random.fill(new Uint8Array(view.buffer, address, length));
    };
  }
}
