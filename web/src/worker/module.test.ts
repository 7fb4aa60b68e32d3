import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModuleSource } from "../protocol/exchange.ts";
import { instantiate, loadModule } from "./module.ts";

/** (module (func (export "answer") (result i32) i32.const 42)) */
const MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 10, 1, 6, 97, 110, 115, 119, 101, 114,
  0, 0, 10, 6, 1, 4, 0, 65, 42, 11,
]);

const SOURCE = { url: "http://site/module.wasm", cached: false };

async function load(
  init: ResponseInit,
  source: ModuleSource = SOURCE,
): Promise<{ answer: number; told: unknown[] }> {
  const told: unknown[] = [];
  const loaded = await loadModule({
    fetch: async (url) => {
      assert.equal(url, source.url);
      return new Response(MODULE, init);
    },
    source,
    progress: (progress) => told.push(progress),
  });
  const instance = await instantiate(loaded, {});
  const { answer } = instance.exports;
  assert.ok(typeof answer === "function");
  return { answer: answer(), told };
}

test("a module is compiled while it arrives, and also when the server calls it something else", async () => {
  for (const type of ["application/wasm", "application/wasm; charset=x", "application/octet-stream"]) {
    assert.equal((await load({ headers: { "content-type": type } })).answer, 42, type);
  }
  assert.equal((await load({})).answer, 42, "no type");
});

test("progress tells the total when the length is that of the bytes", async () => {
  const length = String(MODULE.length);
  const plain = await load({ headers: { "content-type": "application/wasm", "content-length": length } });
  assert.deepEqual(plain.told, [
    { stage: "download" },
    { stage: "compile", loaded: MODULE.length, total: MODULE.length },
  ]);
  const packed = await load({ headers: { "content-length": "17", "content-encoding": "br" } });
  assert.deepEqual(packed.told, [{ stage: "download" }, { stage: "compile", loaded: MODULE.length }]);
  const known = await load(
    { headers: { "content-length": "17", "content-encoding": "br" } },
    { ...SOURCE, bytes: MODULE.length },
  );
  assert.deepEqual(known.told[1], { stage: "compile", loaded: MODULE.length, total: MODULE.length });
});

test("what comes from the browser's cache is not counted", async () => {
  for (const type of ["application/wasm", "application/octet-stream"]) {
    const { answer, told } = await load({ headers: { "content-type": type } }, { ...SOURCE, cached: true });
    assert.equal(answer, 42, type);
    const counted = type === "application/wasm" ? [] : [{ stage: "compile", loaded: MODULE.length }];
    assert.deepEqual(told, [{ stage: "compile" }, ...counted], type);
  }
});

test("a module that is not there is an error with the status", async () => {
  await assert.rejects(load({ status: 404 }), /HTTP status 404/);
});

test("bytes that are no module are an error", async () => {
  const load = () =>
    loadModule({
      fetch: async () => new Response("<!doctype html>"),
      source: SOURCE,
      progress: () => undefined,
    });
  await assert.rejects(load(), WebAssembly.CompileError);
});
