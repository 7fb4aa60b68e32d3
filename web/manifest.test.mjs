/** The manifest of a package for a school's system. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestOf } from "./manifest.mjs";
import { manifestFaults } from "./test/manifests.mjs";

const CONTENT = {
  id: "tabernetes.undo",
  title: "Undo & <revisions>",
  lessons: [
    { id: "undo", title: 'A "quoted" title' },
    { id: "quarter", title: "回到上一版" },
  ],
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

for (const version of ["1.2", "2004"]) {
  test(`SCORM ${version}: a manifest is what the schemas demand, and what it names is there`, () => {
    const manifest = manifestOf(version, CONTENT);
    assert.deepEqual(manifestFaults(version, manifest), []);
    for (const [wrong, right, fault] of [
      ["<titel/><title>Undo", "<title>Undo", /titel.*not expected/],
      ['="scoo"', '="sco"', /scormtype.*not an element of the set/i],
      ['identifierref="pages"', 'identifierref="page"', /there is no resource pages/],
      ['identifier="lesson.undo"', 'identifier="lesson.quarter"', /lesson\.undo is there twice/],
      ['default="none"', 'default="lessons"', /there is no organization none/],
      ["", '<file href="index.html"/>', /index\.html is opened and not listed/],
    ]) {
      assert.ok(manifest.includes(right), right);
      assert.match(manifestFaults(version, manifest.replace(right, wrong)).join("\n"), fault);
    }
  });
}
