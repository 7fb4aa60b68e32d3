import assert from "node:assert/strict";
import { test } from "node:test";
import { type ManifestFiles, MOST_FILES } from "./files.ts";
import { FIRST_MANIFEST, OpenFiles } from "./openfiles.ts";

const opened = (stored?: ManifestFiles) => new OpenFiles(stored);
const manifest = (file: string, yaml = "") => ({ file, yaml });

test("what every cluster starts with is not stored; anything else is, with the file that is shown", () => {
  const files = opened();
  assert.deepEqual(files.names, [FIRST_MANIFEST.file]);
  assert.equal(files.stored, undefined);
  files.open(manifest("a.yaml", "kind: Pod"));
  assert.deepEqual(files.stored, {
    files: [FIRST_MANIFEST, { file: "a.yaml", yaml: "kind: Pod" }],
    active: "a.yaml",
  });
  assert.deepEqual(opened(files.stored).stored, files.stored);
});

test("a file that is opened again starts from the beginning in its place", () => {
  const files = opened({ files: [manifest("a", "1"), manifest("b", "2")], active: "b" });
  files.open(manifest("a", "3"));
  assert.deepEqual(files.manifests, [manifest("a", "3"), manifest("b", "2")]);
  assert.equal(files.shown.original, "3");
  files.open(manifest(FIRST_MANIFEST.file, "changed"));
  assert.equal(files.shown.original, FIRST_MANIFEST.yaml);
});

test("where there is no room for another file the one that is shown makes it, or none is added", () => {
  const all = Array.from({ length: MOST_FILES }, (_, index) => manifest(`file-${index}`));
  const files = opened({ files: all, active: "file-3" });
  assert.equal(files.add(manifest("more")), false);
  files.open(manifest("more"));
  assert.equal(files.names.length, MOST_FILES);
  assert.equal(files.names.includes("file-3"), false);
  assert.equal(files.shown.name, "more");
});

test("after a file that is deleted the next one is shown; the last one stays", () => {
  const files = opened({ files: [manifest("a"), manifest("b"), manifest("c")], active: "b" });
  assert.equal(files.delete("b")?.name, "c");
  assert.equal(files.delete("c")?.name, "a");
  assert.equal(files.delete("a"), undefined);
  assert.deepEqual(files.names, ["a"]);
});
