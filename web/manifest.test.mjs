/** The manifest of a package for a school's system. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestOf } from "./manifest.mjs";

const CONTENT = {
  id: "tabernetes.undo",
  title: "Undo & <revisions>",
  lessons: [{ id: "undo", title: 'A "quoted" title' }],
  files: ["index.html", "parts/a b.js"],
};

test("texts are escaped, and paths are addresses", () => {
  const manifest = manifestOf("1.2", CONTENT);
  assert.match(manifest, /<title>Undo &amp; &lt;revisions&gt;<\/title>/);
  assert.match(manifest, /<title>A &quot;quoted&quot; title<\/title>/);
  assert.match(manifest, /<file href="parts\/a%20b\.js"\/>/);
});

test("each version has its own names", () => {
  assert.match(manifestOf("1.2", CONTENT), /<schemaversion>1\.2<[\s\S]*adlcp:scormtype="sco"/);
  assert.doesNotMatch(manifestOf("1.2", CONTENT), /imsss/);
  assert.match(manifestOf("2004", CONTENT), /<schemaversion>2004 4th Edition<[\s\S]*adlcp:scormType="sco"/);
  assert.throws(() => manifestOf("2005", CONTENT), /no SCORM 2005/);
});
