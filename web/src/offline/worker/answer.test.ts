import assert from "node:assert/strict";
import { test } from "node:test";
import { Builds } from "../../protocol/builds.ts";
import { MemoryCaches } from "../../protocol/caches.testing.ts";
import { answer, wantedBy } from "./answer.ts";

const SITE = "https://host/school/";

interface Asked {
  readonly mode?: RequestMode;
  readonly method?: string;
}

const wanted = (url: string, { mode = "cors", method = "GET" }: Asked = {}) =>
  wantedBy({ url, mode, method }, SITE);

test("modules, images, other sites and what is sent go to the network as without a service worker", () => {
  assert.equal(wanted(`${SITE}controlplane.wasm?v=1234`), undefined);
  assert.equal(wanted("https://host/other/app.js?build=a1"), undefined);
  assert.equal(wanted("https://other/school/app.js?build=a1"), undefined);
  assert.equal(wanted(`${SITE}class/report`, { method: "POST" }), undefined);
  assert.deepEqual(wanted(`${SITE}?v=1`, { mode: "navigate" }), { kind: "page" });
});

/** Two builds are kept, the older one is shown; a site that is there answers with its name. */
async function ask(url: string, { mode = "cors", isThere = true }: Asked & { readonly isThere?: boolean }) {
  const builds = new Builds(new MemoryCaches().storage, SITE);
  for (const build of ["a1", "b2"]) {
    for (const path of ["index.html", "app.js", `parts/of-${build}.js`, "icon.svg", "learn/index.html"]) {
      await builds.put(build, `${SITE}${path}`, new Response(`${path} of ${build}`));
    }
  }
  await builds.setCurrent("a1");
  const kind = wanted(url, { mode });
  assert.ok(kind !== undefined);
  // A request of that mode can be made by a browser alone.
  const response = await answer(kind, new Request(url), builds, async () => {
    if (!isThere) {
      throw new TypeError("Failed to fetch");
    }
    return new Response("site");
  });
  return await response.text();
}

test("who opens the site is shown the page of one build, which then gets its own files", async () => {
  assert.equal(await ask(`${SITE}?lesson=undo`, { mode: "navigate" }), "index.html of a1");
  assert.equal(await ask(`${SITE}learn/`, { mode: "navigate" }), "learn/index.html of a1");
  assert.equal(await ask(`${SITE}app.js?build=a1`, {}), "app.js of a1");
  assert.equal(await ask(`${SITE}app.js?build=b2`, {}), "app.js of b2");
  assert.equal(await ask(`${SITE}parts/of-b2.js`, {}), "parts/of-b2.js of b2");
});

test("what is not kept comes from the site", async () => {
  assert.equal(await ask(`${SITE}app.js?build=c3`, {}), "site");
  assert.equal(await ask(`${SITE}parts/of-c3.js`, {}), "site");
  assert.equal(await ask(`${SITE}teacher/`, { mode: "navigate" }), "site");
});

test("a file of no particular build comes from the site, and without a network from the build that is shown", async () => {
  assert.equal(await ask(`${SITE}icon.svg`, {}), "site");
  assert.equal(await ask(`${SITE}icon.svg`, { isThere: false }), "icon.svg of a1");
  await assert.rejects(ask(`${SITE}nothing.svg`, { isThere: false }), /Failed to fetch/);
});

test("a browser that has taken the storage away has the site as without it", async () => {
  const denied = {
    match: () => Promise.reject(new Error("denied")),
    keys: () => Promise.reject(new Error("denied")),
  };
  const builds = new Builds(denied as unknown as CacheStorage, SITE);
  for (const url of [`${SITE}app.js?build=a1`, `${SITE}parts/of-a1.js`]) {
    const kind = wanted(url);
    assert.ok(kind !== undefined);
    const response = await answer(kind, new Request(url), builds, async () => new Response("site"));
    assert.equal(await response.text(), "site");
  }
});
