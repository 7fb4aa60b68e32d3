import assert from "node:assert/strict";
import { test } from "node:test";
import { insertScaffold, SCAFFOLDS } from "./scaffolds.ts";

test("a scaffold becomes a document of its own, its name marked", () => {
  const yaml = "kind: A\nmetadata:\n  name: web\n";
  for (const [before, after] of [
    ["", yaml],
    ["\n\n", yaml],
    ["b: 1", `b: 1\n---\n${yaml}`],
    ["b: 1\n\n", `b: 1\n---\n${yaml}`],
    ["b: 1\n---\n", `b: 1\n---\n${yaml}`],
  ] as const) {
    const { from, insert, name } = insertScaffold(before, yaml);
    const text = before.slice(0, from) + insert;
    assert.equal(text, after);
    assert.equal(text.slice(...name), "web");
  }
});

test("each kind has one scaffold, of that kind and ending its last line", () => {
  assert.equal(new Set(SCAFFOLDS.map(({ kind }) => kind)).size, SCAFFOLDS.length);
  for (const { kind, yaml } of SCAFFOLDS) {
    assert.ok(yaml.includes(`kind: ${kind}\n`) && yaml.endsWith("\n"), kind);
  }
});
