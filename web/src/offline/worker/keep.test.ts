import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import type { BuildFile } from "../../protocol/build.ts";
import { Builds } from "../../protocol/builds.ts";
import { MemoryCaches } from "../../protocol/caches.testing.ts";
import { unpacked } from "../../protocol/packed.ts";
import { ForeignFileError, keepBuild, RoomError } from "./keep.ts";

const SITE = "https://host/school/";
const ROOM = 2 ** 40;

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

const file = (path: string, content: string, version?: string): BuildFile => ({
  path,
  bytes: content.length,
  sha256: sha256(content),
  ...(version === undefined ? {} : { version }),
});

/** A site, and a browser that keeps what it has. */
class Visit {
  readonly caches = new MemoryCaches();
  readonly builds = new Builds(this.caches.storage, SITE);
  readonly contents = new Map<string, BodyInit | null>();
  readonly asked: string[] = [];
  readonly shares: number[] = [];
  room = ROOM;

  async keep(build: string, files: readonly BuildFile[]): Promise<void> {
    await keepBuild(
      { build, files },
      {
        builds: this.builds,
        site: SITE,
        fetch: async (url, { cache = "default" }) => {
          const path = url.slice(SITE.length);
          this.asked.push(cache === "default" ? path : `${path} ${cache}`);
          const content = this.contents.get(path.replace(/\?.*/, ""));
          const headers = { "Content-Encoding": "x", "Content-Type": "text/x", "X-Policy": "strict" };
          return content === undefined
            ? new Response("", { status: 404 })
            : new Response(content, { headers });
        },
        unpacked: (response) => unpacked(response),
        packed: async (content) => gzipSync(new Uint8Array(content)),
        digest: async (content) => sha256(new Uint8Array(content)),
        room: async () => this.room,
        onProgress: (share) => this.shares.push(share),
      },
    );
  }

  async kept(build: string, path: string): Promise<string | undefined> {
    return (await this.builds.match(build, SITE + path))?.text();
  }
}

test("all files of a build are kept with their headers, modules packed, and then its list", async () => {
  const visit = new Visit();
  visit.contents.set("app.js", "script").set("x.wasm", "module").set("index.html", '<html data-build="a1">');
  await visit.keep("a1", [
    file("app.js", "script"),
    file("x.wasm", "module", "1234"),
    { path: "index.html", bytes: 22 },
  ]);
  assert.equal(await visit.kept("a1", ""), '<html data-build="a1">');
  const script = await visit.builds.match("a1", `${SITE}app.js`);
  assert.deepEqual(
    [await script?.text(), script?.headers.get("x-policy"), script?.headers.get("content-encoding")],
    ["script", "strict", null],
  );
  const module = await visit.builds.match("a1", `${SITE}x.wasm?v=1234`);
  assert.equal(
    gunzipSync(new Uint8Array(await (module ?? new Response()).arrayBuffer())).toString(),
    "module",
  );
  assert.deepEqual(await visit.builds.whole(), ["a1"]);
  assert.equal(visit.shares.at(-1), 1);
  assert.deepEqual([...visit.shares], [...visit.shares].sort());
});

test("a module is what it is, however often the host has packed it", async () => {
  for (const content of [gzipSync("module"), gzipSync(gzipSync("module")), "module"]) {
    const visit = new Visit();
    visit.contents.set("x.wasm.gz", content);
    await visit.keep("a1", [file("x.wasm.gz", "module", "1234")]);
    assert.deepEqual(await visit.builds.whole(), ["a1"]);
  }
});

test("a module that has not changed since another build is not fetched again, nor what an earlier attempt has kept", async () => {
  const visit = new Visit();
  visit.contents.set("app.js", "script").set("x.wasm", "module");
  const files = [file("app.js", "script"), file("x.wasm", "module", "1234")];
  await visit.keep("a1", files);
  visit.asked.length = 0;
  await visit.keep("b2", files);
  assert.deepEqual(visit.asked, ["app.js?build=b2"]);
  visit.asked.length = 0;
  await visit.keep("b2", files);
  assert.deepEqual(visit.asked, []);
});

test("a file of another build is asked for once more past all caches, and keeps the build from being whole", async () => {
  for (const files of [
    [file("app.js", "script")],
    [{ path: "app.js", bytes: 6 }],
    [file("gone.js", "script")],
  ]) {
    const visit = new Visit();
    visit.contents.set("app.js", "newer!");
    await assert.rejects(visit.keep("a1", files), ForeignFileError);
    assert.deepEqual(await visit.builds.whole(), []);
  }
  const visit = new Visit();
  visit.contents.set("app.js", "newer!");
  await assert.rejects(visit.keep("a1", [file("app.js", "script")]), ForeignFileError);
  assert.deepEqual(visit.asked, ["app.js?build=a1", "app.js?build=a1 reload"]);
});

test("where there is no room nothing is fetched, and where it runs out what was kept of the build is deleted", async () => {
  const visit = new Visit();
  visit.contents.set("app.js", "script").set("more.js", "more");
  const files = [file("app.js", "script"), file("more.js", "more")];
  await visit.keep("a1", files);
  visit.asked.length = 0;
  visit.room = 1000;
  await assert.rejects(visit.keep("b2", files), RoomError);
  assert.deepEqual(visit.asked, []);
  visit.room = ROOM;
  visit.caches.room = 1;
  await assert.rejects(visit.keep("b2", files), RoomError);
  assert.deepEqual(await visit.builds.names(), ["a1"], "the other build stays");
});
