import assert from "node:assert/strict";
import { test } from "node:test";
import { nameFault, newName, readManifestFiles } from "./files.ts";

test("a name is one of a file in the home directory, and new", () => {
  assert.equal(nameFault("web.yaml", ["db.yaml"]), undefined);
  assert.equal(nameFault("web.yaml", ["web.yaml"]), "taken");
  for (const name of ["", "../web.yaml", "a/b.yaml", ".bashrc", "-f", "a b", "x".repeat(64)]) {
    assert.equal(nameFault(name, []), "invalid", name);
  }
  assert.equal(newName(["roll_update.yaml"]), "manifest.yaml");
  assert.equal(newName(["manifest.yaml", "manifest-2.yaml"]), "manifest-3.yaml");
});

test("what was stored is read, of the page that knew one file too", () => {
  const a = { file: "a.yaml", yaml: "a: 1\n" };
  const b = { file: "b.yaml", yaml: "" };
  assert.deepEqual(readManifestFiles(a), { files: [a], active: "a.yaml" });
  assert.deepEqual(readManifestFiles({ files: [a, b], active: "b.yaml" }), {
    files: [a, b],
    active: "b.yaml",
  });
  assert.deepEqual(readManifestFiles({ files: [a, { file: 7 }], active: "gone" }), {
    files: [a],
    active: "a.yaml",
  });
  for (const value of [null, 7, {}, { files: [] }, { files: [a, a], active: "a.yaml" }]) {
    assert.equal(readManifestFiles(value), undefined, JSON.stringify(value));
  }
});
