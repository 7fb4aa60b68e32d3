/**
 * What of a Go program is not in its memory: the globals of its module and the
 * JavaScript values that it holds, which wasm_exec.js keeps in a table for it.
 */

/** Of an instance of wasm_exec.js's class Go, what that state is in. */
export interface GoTables {
  _inst: WebAssembly.Instance;
  mem: DataView;
  /** The values by their number, which is what Go knows them by. */
  _values: unknown[];
  _goRefCounts: number[];
  /** The numbers by their value. */
  _ids: Map<unknown, number>;
  /** Numbers that are free. */
  _idPool: number[];
  exited: boolean;
  /** The call of a function of Go's that Go is to take up, or null. */
  _pendingEvent: unknown;
  readonly _exitPromise: Promise<void>;
}

export type GoFunction = (...given: unknown[]) => unknown;

/** A JavaScript value as an image has it. */
export type Reference =
  /** Where it is found from the global object. */
  | { readonly path: string }
  | { readonly text: string }
  /** A function of Go's (js.Func), by Go's number for it. */
  | { readonly go: number }
  /** An object that the worker gives, by the worker's name for it. */
  | { readonly given: string }
  /**
   * A call of a function of Go's that has returned. Go does not use it any more, but
   * it may never let go of it: what it keeps of a value is so small that it shares
   * its place with something that lives (Go's tiny allocator).
   */
  | { readonly spent: true };

export interface GoState {
  readonly globals: readonly string[];
  /** Null where no value is. */
  readonly values: readonly (Reference | null)[];
  /** −1 stands for infinity. */
  readonly counts: readonly number[];
  readonly free: readonly number[];
  /** The function of Go's that wakes the program. */
  readonly wake: number;
}

/** The values that wasm_exec.js always has, by their number: it puts them there again. */
const FIXED_VALUES = 7;
/** Go's globals, in order: PC_B, SP, CTXT, g, RET0 to RET3, PAUSE (cmd/link/internal/wasm/asm.go), exported by wasm/split. */
const GLOBALS = 8;

/** Where the values may be found that packages keep from their initialisation on. */
const PATHS = [
  ...["Object", "Array", "Uint8Array", "Reflect", "Reflect.get", "JSON", "Error", "Promise"],
  ...["process", "path", "fs", "fs.constants", "performance", "fetch"],
  ...["indexedDB", "IDBDatabase", "IDBRequest", "IDBIndex", "IDBObjectStore", "IDBKeyRange", "IDBCursor"],
  ...["IDBTransaction", "IDBTransaction.prototype.commit", "IDBFactory", "IDBOpenDBRequest", "DOMException"],
];

/** All of it. Throws with a list of the values that an image could not name. */
export function captureGo(
  go: GoTables,
  numberOf: (value: unknown) => number | undefined,
  wake: GoFunction,
  given: Readonly<Record<string, unknown>>,
): GoState {
  const paths = new Map(PATHS.map((path) => [at(path), path]));
  const names = new Map(Object.entries(given).map(([name, value]) => [value, name]));
  const unknown: string[] = [];
  const name = (value: unknown): Reference | null => {
    const path = paths.get(value);
    const name = names.get(value);
    const number = numberOf(value);
    if (typeof value === "string") {
      return { text: value };
    }
    if (value !== undefined && path !== undefined) {
      return { path };
    }
    if (name !== undefined) {
      return { given: name };
    }
    if (number !== undefined) {
      return { go: number };
    }
    if (isCall(value) && value !== go._pendingEvent) {
      return { spent: true };
    }
    unknown.push(describe(value));
    return null;
  };
  const used = (id: number) => id >= FIXED_VALUES && go._goRefCounts[id] !== 0;
  const values = go._values.map((value, id) => (used(id) ? name(value) : null));
  const number = numberOf(wake);
  if (number === undefined) {
    unknown.push("the function that wakes Go");
  }
  if (unknown.length > 0) {
    throw new Error(`Go holds values that an image cannot name: ${unknown.join("; ")}`);
  }
  return {
    globals: globalsOf(go._inst).map((global) => String(global.value)),
    values,
    counts: go._goRefCounts.map((count) => (Number.isFinite(count) ? count : -1)),
    free: [...go._idPool],
    wake: number ?? -1,
  };
}

/**
 * Makes a program whose memory is restored stand where it was captured. `wrapper` is
 * the function of Go's that has a number. Returns what wakes the program; throws
 * before anything of it has run.
 */
export function restoreGo(
  go: GoTables,
  instance: WebAssembly.Instance,
  memory: WebAssembly.Memory,
  state: GoState,
  wrapper: (number: number) => GoFunction,
  given: Readonly<Record<string, unknown>>,
): () => void {
  const make = (reference: Reference | null | undefined): unknown => {
    if (reference === null || reference === undefined) {
      return null;
    }
    if ("path" in reference) {
      return found(reference.path, at(reference.path));
    }
    if ("text" in reference) {
      return reference.text;
    }
    if ("go" in reference) {
      return wrapper(reference.go);
    }
    // Each an object of its own: null has a number of its own.
    return "spent" in reference ? {} : found(reference.given, given[reference.given]);
  };
  const fixed = [Number.NaN, 0, null, true, false, globalThis, go];
  const values = state.values.map((reference, id) => (id < FIXED_VALUES ? fixed[id] : make(reference)));
  for (const [index, global] of globalsOf(instance).entries()) {
    const text = state.globals[index] ?? "0";
    global.value = typeof global.value === "bigint" ? BigInt(text) : Number(text);
  }
  go._inst = instance;
  go.mem = new DataView(memory.buffer);
  go._values = values;
  go._goRefCounts = state.counts.map((count) => (count < 0 ? Number.POSITIVE_INFINITY : count));
  // As wasm_exec.js has it: 0 and NaN are not in it.
  go._ids = new Map(
    [...values.entries()]
      .filter(([id]) => id > 0 && (id < FIXED_VALUES || state.values[id] !== null))
      .map(([id, value]) => [value, id]),
  );
  go._idPool = [...state.free];
  go.exited = false;
  return wrapper(state.wake);
}

function globalsOf(instance: WebAssembly.Instance): WebAssembly.Global[] {
  return Array.from({ length: GLOBALS }, (_, index) => {
    const global = instance.exports[`global.${index}`];
    if (!(global instanceof WebAssembly.Global)) {
      throw new Error(`the module does not export its global ${index}`);
    }
    return global;
  });
}

function at(path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], globalThis);
}

function found(path: string, value: unknown): unknown {
  if (value === undefined) {
    throw new Error(`there is no ${path} here`);
  }
  return value;
}

/** As wasm_exec.js makes one in _makeFuncWrapper. */
function isCall(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "id,this,args,result";
}

function describe(value: unknown): string {
  const keys = typeof value === "object" && value !== null ? ` {${Object.keys(value).slice(0, 8)}}` : "";
  const text = typeof value === "function" ? ` ${String(value).slice(0, 60)}` : "";
  return `${Object.prototype.toString.call(value)}${keys}${text}`;
}
