import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DeferredPart } from "./deferred.ts";
import { partsOf } from "./part.ts";
import { callingModule, dataModule, deferredModule, SLOT } from "./parts.testing.ts";

const BUILD = "build 1";
const DATA = dataModule("data", BUILD);
const DEFERRED = deferredModule(BUILD);
const PRIMARY = await callingModule(BUILD, { data: DATA, deferred: DEFERRED });
const URL = "http://site/x.deferred.wasm";
const WASM = { headers: { "content-type": "application/wasm" } };

type Answer = () => Response | Promise<Response>;

const good: Answer = () => new Response(DEFERRED, WASM);

/** A program, and a site that gives one answer after the other. */
async function start(answers: Answer[]) {
  const module = await WebAssembly.compile(PRIMARY);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const told: string[] = [];
  const caches: (RequestCache | undefined)[] = [];
  const state = { nested: false, suspended: 0, goneOn: 0 };
  let gone: () => void;
  const goneOn = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const part = new DeferredPart({
    source: { url: URL },
    fetch: async (url, init) => {
      assert.equal(url, URL);
      caches.push(init?.cache);
      const answer = answers.shift() ?? good;
      return answer();
    },
    loaded: { module, memory, parts: partsOf(module) },
    imports: {},
    nested: () => state.nested,
    suspend: () => state.suspended++,
    goOn: (loop) => {
      state.goneOn++;
      loop();
      gone();
    },
    tell: (missing, slot) => {
      assert.equal(slot, SLOT);
      told.push(missing);
    },
    retry: () => Promise.resolve(),
  });
  const instance = await part.instantiate();
  const enter = instance.exports.enter as () => void;
  return { part, enter, told, caches, state, goneOn, calls: () => new Uint8Array(memory.buffer)[8] };
}

test("the call is made when the part has come", async () => {
  const { enter, told, state, goneOn, calls } = await start([]);
  enter();
  assert.deepEqual([state.suspended, calls()], [1, 0]);
  await goneOn;
  assert.deepEqual([state.goneOn, calls()], [1, 1]);
  assert.deepEqual(told, ["fetching", "there"]);
});

test("whatever is wrong is told and tried again, past the cache", async () => {
  const cut = DEFERRED.slice(0, -20);
  const altered = DEFERRED.slice();
  altered[altered.length - 3] = 2;
  const { enter, told, caches, goneOn, calls } = await start([
    () => Promise.reject(new TypeError("Failed to fetch")),
    () => new Response("", { status: 404 }),
    () => new Response(cut, WASM),
    () => new Response("<!doctype html>", WASM),
    () => new Response(altered, WASM),
    () => new Response(deferredModule("build 2"), WASM),
    () => new Response(DEFERRED, { headers: { "content-type": "application/octet-stream" } }),
  ]);
  enter();
  await goneOn;
  assert.deepEqual(told, [
    "fetching",
    "failed",
    "failed",
    "damaged",
    "damaged",
    "damaged",
    "damaged",
    "there",
  ]);
  assert.deepEqual(caches, [undefined, ...Array.from({ length: 6 }, () => "reload")]);
  assert.equal(calls(), 1);
});

test("what was fetched before it was called for is used, unless that failed", async () => {
  for (const answers of [[], [() => new Response("", { status: 404 })]]) {
    const failures = answers.length;
    const { part, enter, told, caches, goneOn, calls } = await start(answers);
    part.prepare();
    part.prepare();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([told.length, caches.length], [0, 1]);
    enter();
    await goneOn;
    assert.equal(calls(), 1);
    assert.equal(caches.length, 1 + failures);
    assert.deepEqual(told, failures === 0 ? ["fetching", "there"] : ["fetching", "failed", "there"]);
  }
});

test("without a connection that is said", async () => {
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
  try {
    const { enter, told, goneOn } = await start([() => Promise.reject(new TypeError("Failed to fetch"))]);
    enter();
    await goneOn;
    assert.deepEqual(told, ["fetching", "offline", "there"]);
  } finally {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
});

test("a part that is not wanted any more is not asked for again", async () => {
  const { part, enter, told, caches, state } = await start([
    () => {
      part.stop();
      return Promise.reject(new TypeError("aborted"));
    },
  ]);
  enter();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(told, ["fetching"]);
  assert.equal(caches.length, 1);
  assert.equal(state.goneOn, 0);
});

/** As far as it is used, with an answer for each request. */
function fakeRequests(answers: (Uint8Array<ArrayBuffer> | number)[]) {
  return class {
    status = 0;
    response: ArrayBuffer | null = null;
    responseType = "";
    open(method: string, url: string, later: boolean): void {
      assert.deepEqual([method, url, later], ["GET", URL, false]);
    }
    send(): void {
      const answer = answers.shift() ?? 0;
      if (answer === 0) {
        throw new Error("the request failed");
      }
      this.status = typeof answer === "number" ? answer : 200;
      this.response = typeof answer === "number" ? null : answer.buffer;
    }
  };
}

test("in a nested entry the part is loaded at once, within a few attempts", async () => {
  const { enter, told, state, calls } = await start([]);
  state.nested = true;
  Object.assign(globalThis, { XMLHttpRequest: fakeRequests([503, DEFERRED.slice(1), DEFERRED]) });
  enter();
  assert.deepEqual([state.suspended, calls()], [0, 1]);
  assert.deepEqual(told, ["fetching", "failed", "damaged", "there"]);

  const other = await start([]);
  other.state.nested = true;
  Object.assign(globalThis, { XMLHttpRequest: fakeRequests([0, 0, 0, DEFERRED]) });
  assert.throws(() => other.enter(), /the request failed/);

  const packed = await start([]);
  packed.state.nested = true;
  Object.assign(globalThis, {
    XMLHttpRequest: fakeRequests([Uint8Array.from(gzipSync(gzipSync(DEFERRED)))]),
  });
  packed.enter();
  assert.deepEqual(packed.told, ["fetching", "there"]);

  const bomb = await start([]);
  bomb.state.nested = true;
  const thrice = Uint8Array.from(gzipSync(gzipSync(gzipSync(DEFERRED))));
  Object.assign(globalThis, { XMLHttpRequest: fakeRequests([thrice, thrice, thrice]) });
  assert.throws(() => bomb.enter(), /bytes have come/, "it is not unpacked for ever");
});
