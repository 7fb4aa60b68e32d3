import assert from "node:assert/strict";
import { test } from "node:test";
import { restoreTable } from "./findfunctab.ts";

const ADDRESS = 12;
const COUNT = 40;

/** A module with nothing but a custom section of the given name and content, and a memory. */
async function load(section: string, content: readonly number[]) {
  const title = [...new TextEncoder().encode(section)];
  const binary = [
    [0, 97, 115, 109, 1, 0, 0, 0],
    [0, title.length + 1 + content.length, title.length, ...title, ...content],
  ].flat();
  const module = await WebAssembly.compile(new Uint8Array(binary));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(255, 0, ADDRESS);
  bytes.fill(255, ADDRESS + COUNT * 20, 1000);
  return { module, memory, bytes: bytes };
}

const PLACE = [ADDRESS, 0, 0, 0, COUNT, 0, 0, 0];

test("the table has the number of a function at each of its sixteen entries, and nothing else is touched", async () => {
  const { module, memory, bytes } = await load("tabernetes.findfunctab", PLACE);
  restoreTable(module, memory);
  const expected = new Uint8Array(1000).fill(255);
  for (let entry = 0; entry < COUNT; entry++) {
    const begin = ADDRESS + entry * 20;
    expected.fill(0, begin, begin + 20);
    expected[begin] = Math.floor(entry / 16);
  }
  assert.deepEqual(bytes.slice(0, 1000), expected);
});

test("a module that has its table is left alone", async () => {
  const { module, memory, bytes } = await load("other", PLACE);
  const before = bytes.slice(0, 1000);
  restoreTable(module, memory);
  assert.deepEqual(bytes.slice(0, 1000), before);
});

test("a section that is cut off is an error", async () => {
  const { module, memory } = await load("tabernetes.findfunctab", PLACE.slice(0, 4));
  assert.throws(() => restoreTable(module, memory), /cut off/);
});
