import assert from "node:assert/strict";
import { test } from "node:test";
import { captureGo, type GoFunction, type GoTables, restoreGo } from "./gostate.ts";

/** An instance with the eight globals of a Go program, the third of which is of 64 bits. */
function instance(values: readonly number[] = []): WebAssembly.Instance {
  const exports = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => {
      const wide = index === 2;
      const value = values[index] ?? 0;
      const type = { value: wide ? "i64" : "i32", mutable: true } as const;
      return [`global.${index}`, new WebAssembly.Global(type, wide ? BigInt(value) : value)];
    }),
  );
  return { exports } as unknown as WebAssembly.Instance;
}

const MEMORY = new WebAssembly.Memory({ initial: 1 });

/** Tables as wasm_exec.js has them, with further values. */
function tables(...values: unknown[]): GoTables {
  const go = {
    _inst: instance([1, 2, 3, 4, 5, 6, 7, 8]),
    mem: new DataView(MEMORY.buffer),
    _goRefCounts: [] as number[],
    _ids: new Map<unknown, number>(),
    _idPool: [],
    exited: false,
    _pendingEvent: null,
    _exitPromise: Promise.resolve(),
    _values: [] as unknown[],
  };
  go._values = [Number.NaN, 0, null, true, false, globalThis, go, ...values];
  go._goRefCounts = go._values.map((_, id) => (id < 7 ? Number.POSITIVE_INFINITY : id));
  return go;
}

const wake: GoFunction = () => "woken";
const callback: GoFunction = () => "called";
const numbers = new Map<unknown, number>([
  [wake, 11],
  [callback, 12],
]);
const numberOf = (value: unknown) => numbers.get(value);
const functionOf = (number: number): GoFunction => {
  const found = [...numbers].find(([, known]) => known === number)?.[0];
  assert.ok(found !== undefined, `no function ${number}`);
  return found as GoFunction;
};

test("a program holds the same values after it was restored, under the same numbers", () => {
  const host = {};
  const spent = { id: 3, this: undefined, args: [], result: null };
  const before = tables(Object, Reflect.get, "text", callback, host, spent, wake);
  // A number that is free: its value is gone.
  before._values.push(null);
  before._goRefCounts.push(0);
  before._idPool.push(14);
  const state = JSON.parse(JSON.stringify(captureGo(before, numberOf, wake, { host })));

  const after = tables();
  const other = {};
  const made = instance();
  const woken = restoreGo(after, made, MEMORY, state, functionOf, { host: other });
  assert.equal(woken, wake);
  assert.deepEqual(
    Object.values(made.exports).map((global) => Number((global as WebAssembly.Global).value)),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  const [object, get, text, called, given, left, waker, free] = after._values.slice(7);
  assert.deepEqual(
    [object, get, text, called, waker, free],
    [Object, Reflect.get, "text", callback, wake, null],
  );
  assert.equal(given, other);
  assert.notEqual(left, null, "null has a number of its own");
  assert.deepEqual(after._goRefCounts, before._goRefCounts);
  assert.deepEqual(after._idPool, [14]);
  assert.equal(after._ids.get(other), 11);
  assert.equal(after._ids.get(globalThis), 5);
  assert.equal(after._ids.get(null), 2);
  assert.equal(after._values[6], after, "itself, not the program that was captured");
});

test("a value that has no name is an error that tells of each", () => {
  const unknown = tables({ some: 1 }, new Map(), "text");
  assert.throws(
    () => captureGo(unknown, numberOf, wake, {}),
    /cannot name: \[object Object\] \{some\}; \[object Map\]/,
  );
});

test("a call that Go has not taken up is no spent one", () => {
  const call = { id: 3, this: undefined, args: [] as unknown[], result: null };
  const go = tables(call);
  go._pendingEvent = call;
  assert.throws(() => captureGo(go, numberOf, wake, {}), /cannot name/);
});

test("a browser that lacks what a program holds is told so before anything is changed", () => {
  const state = captureGo(tables(Object), numberOf, wake, {});
  const lacking = { ...state, values: [...state.values, { path: "NoSuchThing.at.all" }] };
  const after = tables();
  const { _values: values } = after;
  assert.throws(
    () => restoreGo(after, instance(), MEMORY, lacking, functionOf, {}),
    /no NoSuchThing.at.all here/,
  );
  assert.equal(after._values, values);
});
