import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOfFile, isBuildList } from "./build.ts";
import { Builds } from "./builds.ts";
import { MemoryCaches } from "./caches.testing.ts";

const SITE = "https://host/school/";

test("a build is whole once its list is there, and another folder's site has builds of its own", async () => {
  const caches = new MemoryCaches();
  const builds = new Builds(caches.storage, SITE);
  await builds.put("a1", `${SITE}app.js?build=a1`, new Response("one"));
  assert.deepEqual([await builds.names(), await builds.whole()], [["a1"], []]);
  await builds.putList({ build: "a1", files: [{ path: "app.js", bytes: 3 }] });
  assert.deepEqual(await builds.whole(), ["a1"]);
  assert.equal(await builds.current(), undefined);
  await builds.setCurrent("a1");
  assert.equal(await builds.current(), "a1");
  assert.deepEqual(await builds.names(), ["a1"], "which one is shown is no build");

  const other = new Builds(caches.storage, "https://host/");
  assert.deepEqual(await other.names(), []);
  assert.equal(await other.current(), undefined);
  await builds.delete("a1");
  assert.deepEqual(await builds.names(), []);
});

test("a folder stands for its page, what follows a question mark does not count, but what names a content does", async () => {
  const builds = new Builds(new MemoryCaches().storage, SITE);
  await builds.put("a1", `${SITE}index.html?build=a1`, new Response("page"));
  await builds.put("a1", `${SITE}x.wasm?v=1234`, new Response("module"));
  const text = async (address: string) => (await builds.match("a1", address))?.text();
  assert.equal(await text(`${SITE}?lesson=undo&lang=zh#step`), "page");
  assert.equal(await text(`${SITE}x.wasm?v=1234`), "module");
  assert.equal(await text(`${SITE}x.wasm?v=5678`), undefined);
  assert.equal(await (await builds.matchAny(`${SITE}x.wasm?v=1234`))?.text(), "module");
  assert.equal(await builds.match("b2", SITE), undefined);
});

test("a file is asked for by its build, or by its content where its name or its list tells that", () => {
  const address = (path: string, version?: string) =>
    addressOfFile(SITE, "b2", { path, bytes: 1, ...(version === undefined ? {} : { version }) });
  assert.equal(address("lessons/undo/lesson.json"), `${SITE}lessons/undo/lesson.json?build=b2`);
  assert.equal(address("parts/tools-ABC.js"), `${SITE}parts/tools-ABC.js`);
  assert.equal(address("x.wasm.gz", "1234"), `${SITE}x.wasm.gz?v=1234`);
});

test("what a host sends in place of a list is not taken for one", () => {
  assert.ok(isBuildList({ build: "00ff", files: [{ path: "app.js", bytes: 3, sha256: "00" }] }));
  for (const other of [
    undefined,
    null,
    "<!doctype html>",
    {},
    { build: "../x", files: [] },
    { build: "00ff", files: {} },
    { build: "00ff", files: [{ path: 1, bytes: 3 }] },
    { build: "00ff", files: [{ path: "app.js" }] },
  ]) {
    assert.equal(isBuildList(other), false, JSON.stringify(other));
  }
});
