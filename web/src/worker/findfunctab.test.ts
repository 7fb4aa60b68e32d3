import assert from "node:assert/strict";
import { test } from "node:test";
import { restoreTable } from "./findfunctab.ts";

const ADDRESS = 12;
const COUNT = 40;

/** (module (memory (export NAME) 1)) with a custom section of the given name and content. */
async function load(exported: string, section: string, content: readonly number[]) {
  const name = [...new TextEncoder().encode(exported)];
  const title = [...new TextEncoder().encode(section)];
  const bytes = [
    [0, 97, 115, 109, 1, 0, 0, 0],
    [5, 3, 1, 0, 1],
    [7, name.length + 4, 1, name.length, ...name, 2, 0],
    [0, title.length + 1 + content.length, title.length, ...title, ...content],
  ].flat();
  const { module, instance } = await WebAssembly.instantiate(new Uint8Array(bytes));
  const memory = instance.exports[exported];
  assert.ok(memory instanceof WebAssembly.Memory);
  new Uint8Array(memory.buffer).fill(255, 0, ADDRESS);
  new Uint8Array(memory.buffer).fill(255, ADDRESS + COUNT * 20, 1000);
  return { module, instance, memory: new Uint8Array(memory.buffer) };
}

test("the table has the number of a function at each of its sixteen entries, and nothing else is touched", async () => {
  const { module, instance, memory } = await load("mem", "tabernetes.findfunctab", [
    ADDRESS,
    0,
    0,
    0,
    COUNT,
    0,
    0,
    0,
  ]);
  restoreTable(module, instance);
  const expected = new Uint8Array(1000).fill(255);
  for (let entry = 0; entry < COUNT; entry++) {
    const begin = ADDRESS + entry * 20;
    expected.fill(0, begin, begin + 20);
    expected[begin] = Math.floor(entry / 16);
  }
  assert.deepEqual(memory.slice(0, 1000), expected);
});

test("a module that has its table is left alone", async () => {
  const { module, instance, memory } = await load("mem", "other", [ADDRESS, 0, 0, 0, COUNT, 0, 0, 0]);
  const before = memory.slice(0, 1000);
  restoreTable(module, instance);
  assert.deepEqual(memory.slice(0, 1000), before);
});

test("a module that cannot be completed is an error", async () => {
  const { module, instance } = await load("memory", "tabernetes.findfunctab", [
    ADDRESS,
    0,
    0,
    0,
    COUNT,
    0,
    0,
    0,
  ]);
  assert.throws(() => restoreTable(module, instance), /exports no memory/);
  const short = await load("mem", "tabernetes.findfunctab", [ADDRESS, 0, 0, 0]);
  assert.throws(() => restoreTable(short.module, short.instance), /cut off/);
});
