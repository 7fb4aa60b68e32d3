/**
 * The state of a Go program outside its memory: the globals of its module and
 * the JavaScript values that it holds, which wasm_exec.js keeps in a table.
 */

/** The members of an instance of wasm_exec.js's class Go that hold this state. */
export interface GoTables {
  _inst: WebAssembly.Instance;
  mem: DataView;
  /** The values by the number under which Go knows them. */
  _values: unknown[];
  _goRefCounts: number[];
  /** The numbers by their value. */
  _ids: Map<unknown, number>;
  /** Numbers that are free. */
  _idPool: number[];
  exited: boolean;
  /** The call of a Go function that Go has yet to handle, or null. */
  _pendingEvent: unknown;
  readonly _exitPromise: Promise<void>;
}

export type GoFunction = (...given: unknown[]) => unknown;

/** A JavaScript value as an image stores it. */
export type Reference =
  /** Its path from the global object. */
  | { readonly path: string }
  | { readonly text: string }
  /** A Go function (js.Func), by Go's number for it. */
  | { readonly go: number }
  /** An object that the worker gives, by the worker's name for it. */
  | { readonly given: string }
  /**
   * A call of a Go function that has returned. Go does not use it any more, but may
   * never release it: its record of the value is so small that Go's tiny allocator
   * may have put it in one block with something that is still alive.
   */
  | { readonly spent: true };

export interface GoState {
  readonly globals: readonly string[];
  /** Null where there is no value. */
  readonly values: readonly (Reference | null)[];
  /** −1 stands for infinity. */
  readonly counts: readonly number[];
  readonly free: readonly number[];
  /** The Go function that wakes the program. */
  readonly wake: number;
}

/** Number of the values that wasm_exec.js always has, which come first: it puts them there again. */
const FIXED_VALUES = 7;
/** Go's globals, in order: PC_B, SP, CTXT, g, RET0 to RET3, PAUSE (cmd/link/internal/wasm/asm.go), exported by wasm/split. */
const GLOBALS = 8;

/** Paths of the values that packages may hold from their initialisation on. */
const PATHS = [
  ...["Object", "Array", "Uint8Array", "Reflect", "Reflect.get", "JSON", "Error", "Promise"],
  ...["process", "path", "fs", "fs.constants", "performance", "fetch"],
  ...["indexedDB", "IDBDatabase", "IDBRequest", "IDBIndex", "IDBObjectStore", "IDBKeyRange", "IDBCursor"],
  ...["IDBTransaction", "IDBTransaction.prototype.commit", "IDBFactory", "IDBOpenDBRequest", "DOMException"],
];

/** Captures the whole state. Throws with a list of the values that an image cannot name. */
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
 * Puts a program whose memory is restored at the point where it was captured.
 * `wrapper` makes the Go function with a given number. Returns the function that
 * wakes the program; throws only before anything of it has run.
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
    // Each gets an object of its own, as null already has a number.
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
  // As in wasm_exec.js: 0 and NaN are not in it.
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
