import assert from "node:assert/strict";
import { test } from "node:test";
import { oembedFiles, oembedLink } from "./oembed.mjs";

test("the page and each lesson have an answer, whose frame is of this site", () => {
  const files = oembedFiles("https://site.example/k8s/", 'A "page"', [
    { id: "undo", titles: { zh: "撤销", en: "Undo" } },
    { id: "only", titles: { zh: "只有中文" } },
  ]);
  assert.deepEqual(
    [...files.keys()],
    ["oembed.json", "lessons/undo/oembed.json", "lessons/only/oembed.json"],
  );
  const page = files.get("oembed.json");
  assert.equal(page.version, "1.0");
  assert.equal(page.type, "rich");
  assert.match(
    page.html,
    /^<iframe src="https:\/\/site\.example\/k8s\/embed\.html" title="A &quot;page&quot;" width="800" height="480"/,
  );
  const lesson = files.get("lessons/undo/oembed.json");
  assert.equal(lesson.title, "Undo");
  assert.match(lesson.html, /src="https:\/\/site\.example\/k8s\/embed\.html\?lesson=undo"/);
  assert.equal(files.get("lessons/only/oembed.json").title, "只有中文");
});

test("a page says where its answer is", () => {
  assert.equal(
    oembedLink("https://site.example/k8s/index.html"),
    '<link rel="alternate" type="application/json+oembed" href="https://site.example/k8s/oembed.json" title="Tabernetes">',
  );
});
