import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Builds } from "./builds.ts";
import { MemoryCaches } from "./caches.testing.ts";
import { fetchFile } from "./sitefile.ts";

const URL_OF_FILE = "https://host/school/x.wasm?v=1234";

interface Surroundings {
  /** What the site answers; undefined when it cannot be reached. */
  readonly site?: Response;
  /** What the browser's own cache has. */
  readonly cached?: string;
  /** What the page has kept. */
  readonly kept?: string;
}

/** Gets the file, and tells its content and in which modes the browser was asked for it. */
async function get({ site, cached, kept }: Surroundings, stored: boolean, init: RequestInit = {}) {
  const { storage } = new MemoryCaches();
  if (kept !== undefined) {
    const response = new Response(gzipSync(kept), { headers: { "Content-Type": "application/wasm" } });
    await new Builds(storage, "https://host/school/").put("a1", URL_OF_FILE, response);
  }
  const asked: string[] = [];
  const fetch = async (_: string, { cache = "default" }: RequestInit = {}) => {
    asked.push(cache);
    const answer = cache === "only-if-cached" ? cached && new Response(cached) : site;
    if (answer === undefined || answer === "") {
      throw new TypeError("Failed to fetch");
    }
    return answer;
  };
  const response = await fetchFile(
    { fetch, caches: storage },
    { url: URL_OF_FILE, ...(stored ? { stored } : {}) },
    init,
  );
  return { text: await response.text(), type: response.headers.get("content-type"), asked };
}

test("a file of a build that is not kept comes from the site", async () => {
  assert.deepEqual((await get({ site: new Response("site"), kept: "kept" }, false)).text, "site");
});

test("what the site has no longer, or cannot be reached for, comes from what is kept", async () => {
  for (const site of [undefined, new Response("gone", { status: 404 })]) {
    const got = await get({ ...(site === undefined ? {} : { site }), kept: "kept" }, false);
    assert.deepEqual([got.text, got.type], ["kept", "application/wasm"]);
  }
  assert.equal((await get({ site: new Response("gone", { status: 404 }) }, false)).text, "gone");
  await assert.rejects(get({}, false), /Failed to fetch/);
});

test("a file of a build that is kept comes from the browser's cache, then from what is kept, and last from the site", async () => {
  const site = () => new Response("of another build");
  assert.equal((await get({ site: site(), cached: "cached", kept: "kept" }, true)).text, "cached");
  const kept = await get({ site: site(), kept: "kept" }, true);
  assert.deepEqual([kept.text, kept.asked], ["kept", ["only-if-cached"]]);
  const last = await get({ site: new Response("site") }, true);
  assert.deepEqual([last.text, last.asked], ["site", ["only-if-cached", "default"]]);
});

test("a file that came damaged, or of another build, comes from what is kept the next time, whether or not the page knows of it", async () => {
  for (const stored of [true, false]) {
    const site = new Response("of another build");
    const got = await get({ cached: "damaged", kept: "kept", site }, stored, { cache: "reload" });
    assert.deepEqual([got.text, got.asked], ["kept", []]);
  }
});

test("nothing is looked for once nobody waits any more", async () => {
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(get({ kept: "kept" }, false, { signal: stop.signal }), /Failed to fetch/);
});
