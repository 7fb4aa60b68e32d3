import assert from "node:assert/strict";
import { test } from "node:test";
import type { Editor } from "../editor/editor.ts";
import type { Manifest } from "../editor/files.ts";
import { SharedFiles } from "./sharedfiles.ts";

/** What of the editor is used, and what it was told. */
function shared(kept: { path: string; text: string }[] = []) {
  const followed: Manifest[] = [];
  const editor = {
    manifests: [{ file: "a.yaml", yaml: "new" }],
    follow: (manifest: Manifest) => followed.push(manifest),
  };
  return { files: new SharedFiles(editor as unknown as Editor, kept), followed };
}

test("what a command has written, the editor shows, once", () => {
  const { files, followed } = shared();
  assert.deepEqual(files.files(), [{ path: "/root/a.yaml", text: "new" }]);
  const written = [
    { path: "/root/a.yaml", text: "new" },
    { path: "/root/b.yml", text: "b" },
    { path: "/root/notes.txt", text: "not a manifest" },
    { path: "/root/deep/c.yaml", text: "not at home" },
    { path: "/etc/d.yaml", text: "elsewhere" },
  ];
  files.follow(written);
  files.follow(written);
  assert.deepEqual(followed, [{ file: "b.yml", yaml: "b" }]);
});

test("a file that is as old as the last visit does not take the place of a newer text", () => {
  const { files, followed } = shared([{ path: "/root/a.yaml", text: "old" }]);
  files.follow([{ path: "/root/a.yaml", text: "old" }]);
  assert.deepEqual(followed, []);
  files.follow([{ path: "/root/a.yaml", text: "older still, by sed" }]);
  assert.deepEqual(followed, [{ file: "a.yaml", yaml: "older still, by sed" }]);
});
