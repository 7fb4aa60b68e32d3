import assert from "node:assert/strict";
import { test } from "node:test";
import { restoreFunctions } from "./functions.ts";

const TABLE = 64;
const RECORDS = 128;
const FIRST = 0x1000;

/** A module with nothing but a custom section of the given numbers. */
function moduleWith(title: string, numbers: readonly number[]): Promise<WebAssembly.Module> {
  const content = new Uint8Array(new Uint32Array(numbers).buffer);
  const name = new TextEncoder().encode(title);
  const size = 1 + name.length + content.length;
  return WebAssembly.compile(
    new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 0, size, name.length, ...name, ...content]),
  );
}

/** A memory with the table of three functions as wasm/split packs it. */
function packed(): { memory: WebAssembly.Memory; words: Uint32Array } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const words = new Uint32Array(memory.buffer);
  // Places of the records in bytes: 8, 8 + 44, 8 + 44 + 52.
  words.set([0, 8, 0, 44, 0, 52, 999], TABLE / 4);
  for (const [place, name] of [
    [8, 100],
    [52, 7],
    [104, -3],
  ] as const) {
    words.set([0, name, 77], (RECORDS + place) / 4);
  }
  return { memory, words };
}

test("each function has its number and the places of its record and its name; nothing else is touched", async () => {
  const { memory, words } = packed();
  restoreFunctions(await moduleWith("tabernetes.functions", [TABLE, 3, FIRST, RECORDS]), memory);
  assert.deepEqual(
    [...words.subarray(TABLE / 4, TABLE / 4 + 7)],
    [FIRST, 8, FIRST + 1, 52, FIRST + 2, 104, 999],
  );
  const records = [8, 52, 104].map((place) => [
    ...words.subarray((RECORDS + place) / 4, (RECORDS + place) / 4 + 3),
  ]);
  assert.deepEqual(records, [
    [FIRST, 100, 77],
    [FIRST + 1, 107, 77],
    [FIRST + 2, 104, 77],
  ]);
  assert.equal(words.filter((word) => word !== 0).length, 16);
});

test("a module whose table is whole is left alone", async () => {
  const { memory, words } = packed();
  const before = words.slice();
  restoreFunctions(await moduleWith("other", [TABLE, 3, FIRST, RECORDS]), memory);
  assert.deepEqual(words, before);
});

test("a section that is cut off is an error", async () => {
  const module = await moduleWith("tabernetes.functions", [TABLE, 3]);
  assert.throws(() => restoreFunctions(module, packed().memory), /cut off/);
});
