import assert from "node:assert/strict";
import { test } from "node:test";
import { shippedParts } from "./about.ts";

test("the parts are read from the text of their licences", () => {
  const rule = "=".repeat(78);
  const text = `What is shipped.\n\n${rule}\nThe Go standard library and runtime\nk8s.io/api v0.37.2\n${rule}\n\nCopyright\n${rule}x\n\n${rule}\n@codemirror/view 6.43.15\n${rule}\n\nMIT\n`;
  assert.deepEqual(shippedParts(text), [
    { name: "@codemirror/view", version: "6.43.15" },
    { name: "The Go standard library and runtime", version: "" },
    { name: "k8s.io/api", version: "v0.37.2" },
  ]);
});
