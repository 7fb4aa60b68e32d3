import assert from "node:assert/strict";
import { test } from "node:test";
import type { BootOptions } from "../protocol/messages.ts";
import { dataModule, primaryModule } from "./module/parts.testing.ts";
import { Preparation } from "./preparation.ts";

const DATA = dataModule("data", "build 1");
const DEFERRED = new Uint8Array();
const PRIMARY = await primaryModule("build 1", { data: DATA, deferred: DEFERRED });
const URLS = { primary: "http://site/x.wasm?v=1", data: "http://site/x.data.wasm" };
const SOURCES = {
  wasm: {
    url: URLS.primary,
    data: { url: URLS.data },
    deferred: { url: "http://site/x.deferred.wasm" },
    cached: false,
  },
  wasmExec: "http://site/wasm_exec.js",
};
const OPTIONS: BootOptions = {
  cluster: "test",
  seed: 1,
  startTime: null,
  rate: 1,
  paused: false,
  storage: "indexeddb",
  instantKubelet: false,
  nodes: 3,
  machines: "",
};

/** What a preparation asks of its worker, in order. */
function setUp(respond?: () => Response) {
  const asked: string[] = [];
  const preparation = new Preparation(SOURCES, {
    post: () => undefined,
    loadScript: (url) => void asked.push(url),
    fetch: async (url) => {
      asked.push(url);
      const bytes = url === URLS.data ? DATA : PRIMARY;
      return respond?.() ?? new Response(bytes, { headers: { "content-type": "application/wasm" } });
    },
    now: () => 0,
    later: (_delay, run) => queueMicrotask(run),
  });
  return { asked, preparation };
}

/** Gives Node a lock manager in which one lock is held, for good or for so many questions. */
function hold(name: string | undefined, questions = Number.POSITIVE_INFINITY): void {
  let left = questions;
  const locks = { query: async () => ({ held: name === undefined || left-- <= 0 ? [] : [{ name }] }) };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
}

test("what was prepared is not loaded again, and how far it is comes first", async () => {
  hold(undefined);
  const { asked, preparation } = setUp();
  await preparation.begin(OPTIONS, false);
  assert.deepEqual(
    asked,
    [URLS.primary, URLS.data, SOURCES.wasmExec],
    "the module first: a script is waited for",
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  const told: unknown[] = [];
  const { module } = await preparation.module((progress) => told.push(progress));
  preparation.loadRuntime();
  assert.ok(module instanceof WebAssembly.Module);
  assert.deepEqual(told, [{ stage: "compile", loaded: DATA.length }]);
  assert.equal(asked.length, 3);
});

test("for a cluster that another tab has nothing is loaded before its page boots", async () => {
  hold("tabernetes/test");
  const { asked, preparation } = setUp();
  await preparation.begin(OPTIONS, false);
  assert.deepEqual(asked, []);
  await preparation.module(() => undefined);
  assert.deepEqual(asked, [URLS.primary, URLS.data]);
});

test("a tab that is about to go is waited for", async () => {
  hold("tabernetes/test", 3);
  const { asked, preparation } = setUp();
  await preparation.begin(OPTIONS, false);
  assert.equal(asked.length, 3);
});

test("nothing is begun for a control plane that has booted meanwhile", async () => {
  hold("tabernetes/test", 3);
  const { asked, preparation } = setUp();
  const begun = preparation.begin(OPTIONS, false);
  const booting = preparation.beginning({ ...OPTIONS, storage: "memory" }, false, () => undefined);
  await Promise.all([begun, booting]);
  await preparation.module(() => undefined);
  assert.deepEqual(asked, [URLS.primary, URLS.data], "the boot runs the script");
});

test("a cluster that is not stored, and one from a link, is nobody else's", async () => {
  hold("tabernetes/test");
  for (const [options, archive] of [
    [{ ...OPTIONS, storage: "memory" }, false],
    [OPTIONS, true],
  ] as const) {
    const { asked, preparation } = setUp();
    await preparation.begin(options, archive);
    assert.equal(asked.length, 3);
  }
});

test("who boots is told of a module that did not come", async () => {
  hold(undefined);
  const { preparation } = setUp(() => new Response(null, { status: 503 }));
  await preparation.begin(OPTIONS, false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await assert.rejects(
    preparation.module(() => undefined),
    /HTTP status 503/,
  );
});

test("it is of the module and the script that it was made with", () => {
  const { preparation } = setUp();
  assert.ok(preparation.isOf({ ...SOURCES, wasm: { ...SOURCES.wasm, cached: true } }));
  assert.ok(!preparation.isOf({ ...SOURCES, wasm: { ...SOURCES.wasm, url: "http://site/x.wasm?v=2" } }));
});
