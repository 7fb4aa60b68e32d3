import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { finishSite } from "./files.mjs";

const folder = await mkdtemp(path.join(tmpdir(), "tabernetes-files-"));
after(() => rm(folder, { recursive: true }));

const SITE = {
  "index.html":
    '<html lang="en"><script src="app.js"></script><link href="styles.css"><a href="https://a/b.js">',
  "learn/index.html":
    '<html><link href="../styles.css"><script type="module" src="../parts/x-1.js"></script>',
  "lessons/a/lesson.en.html": '<p data-x="app.js">',
  "app.js": "app",
  "styles.css": "styles",
  "parts/x-1.js": "part",
  "sw.js": "worker",
  "controlplane.wasm": "module",
  "controlplane.wasm.zst": "module, packed",
  "controlplane.data.wasm": "memory",
  "packed.image.gz": gzipSync("image"),
  ".complete": "",
};

async function finish(files) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  await finishSite(folder);
  return JSON.parse(await readFile(path.join(folder, "files.json"), "utf8"));
}

const page = (name) => readFile(path.join(folder, name), "utf8");

test("the list has what a visitor may need, and pages ask for files of their build", async () => {
  const { build, files } = await finish(SITE);
  assert.match(build, /^[0-9a-f]{16}$/);
  assert.deepEqual(
    files.map(({ path: name }) => name),
    [
      "app.js",
      "controlplane.wasm",
      "index.html",
      "learn/index.html",
      "lessons/a/lesson.en.html",
      "packed.image.gz",
      "parts/x-1.js",
      "styles.css",
    ],
  );
  const of = (name) => files.find((file) => file.path === name);
  assert.equal(of("app.js").bytes, 3);
  assert.equal(of("packed.image.gz").bytes, 5, "what is packed is known by its content");
  assert.match(of("controlplane.wasm").version, /^[0-9a-f]{16}$/);
  assert.equal(of("index.html").sha256, undefined);
  assert.equal(
    await page("index.html"),
    `<html data-build="${build}" lang="en"><script src="app.js?build=${build}"></script><link href="styles.css?build=${build}"><a href="https://a/b.js">`,
  );
  assert.equal(
    await page("learn/index.html"),
    `<html data-build="${build}"><link href="../styles.css?build=${build}"><script type="module" src="../parts/x-1.js"></script>`,
  );
});

test("a site that is finished again is the same, and one with another file has another name", async () => {
  const before = await finish(SITE);
  await finishSite(folder);
  const again = JSON.parse(await page("files.json"));
  assert.deepEqual(again, before);
  const { build } = await finish({ "app.js": "app!" });
  assert.notEqual(build, before.build);
  assert.ok((await page("index.html")).includes(`app.js?build=${build}"`));
});
