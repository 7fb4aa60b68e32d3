import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeImage } from "../module/image.ts";
import type { ModuleLoad } from "../module/module.ts";
import { dataModule, primaryModule } from "../module/parts.testing.ts";
import { type KubectlState, loadCaptured } from "./parking.ts";

const BUILD = "build 1";
const DATA = dataModule("data", BUILD);
const PRIMARY = await primaryModule(BUILD, { data: DATA, deferred: new Uint8Array() });
const STATE = { time: { elapsed: 3, timers: { next: 1, set: [] } } } as unknown as KubectlState;

function imageOf(build: string): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(65_536).fill(9, 8, 16);
  return new Uint8Array(encodeImage({ build, pages: 1, state: STATE }, memory.buffer));
}

/** How a module is loaded whose build has an image, or has none; null for one that is not there. */
function loading(image: Uint8Array<ArrayBuffer> | null | undefined): ModuleLoad & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    source: {
      url: "http://site/kubectl.wasm",
      data: { url: "http://site/kubectl.data.wasm" },
      deferred: { url: "http://site/kubectl.deferred.wasm" },
      cached: false,
      ...(image === undefined ? {} : { images: { built: { url: "http://site/kubectl.built.image" } } }),
    },
    fetch: async (url) => {
      asked.push(url);
      if (url.endsWith(".image")) {
        return new Response(image, { status: image === null ? 404 : 200 });
      }
      return new Response(PRIMARY, { headers: { "content-type": "application/wasm" } });
    },
    progress: () => undefined,
  };
}

test("the memory that was captured comes with the module, and nothing of what a memory begins with is fetched", async () => {
  const load = loading(imageOf(BUILD));
  const loaded = await loadCaptured(load);
  assert.deepEqual(loaded?.image.state, STATE);
  assert.equal(new Uint8Array(loaded?.memory.buffer ?? new ArrayBuffer(0))[8], 9);
  assert.deepEqual(load.asked.sort(), ["http://site/kubectl.built.image", "http://site/kubectl.wasm"]);
});

test("a build without images is asked for none", async () => {
  const load = loading(undefined);
  assert.equal(await loadCaptured(load), null);
  assert.deepEqual(load.asked, []);
});

test("an image that is not there, is cut off or is of another build is refused", async () => {
  await assert.rejects(loadCaptured(loading(null)), /HTTP status 404/);
  await assert.rejects(loadCaptured(loading(imageOf(BUILD).slice(0, -4))), /cut off/);
  await assert.rejects(loadCaptured(loading(imageOf("build 2"))), /another build/);
});
