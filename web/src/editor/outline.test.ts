import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAt } from "./outline.ts";

/** The place at the `¦` of the text. */
function at(marked: string) {
  return placeAt(marked.replace("¦", ""), marked.indexOf("¦"));
}

const HEAD = "apiVersion: apps/v1\nkind: Deployment\n";

for (const [name, text, side, path, prefix, present] of [
  ["an empty text", "¦", "key", [], "", []],
  ["the top", `${HEAD}me¦`, "key", [], "me", ["apiVersion", "kind"]],
  ["a mapping", `${HEAD}spec:\n  rep¦`, "key", ["spec"], "rep", []],
  ["an empty line", `${HEAD}spec:\n  replicas: 2\n  ¦`, "key", ["spec"], "", ["replicas"]],
  [
    "between two keys",
    `${HEAD}spec:\n  replicas: 2\n  ¦\n  paused: true\nstatus:`,
    "key",
    ["spec"],
    "",
    ["replicas", "paused"],
  ],
  [
    "a first key of an item",
    `${HEAD}spec:\n  containers:\n  - na¦`,
    "key",
    ["spec", "containers", "[]"],
    "na",
    [],
  ],
  [
    "a second key of an item",
    `${HEAD}spec:\n  containers:\n  - name: a\n    im¦`,
    "key",
    ["spec", "containers", "[]"],
    "im",
    ["name"],
  ],
  [
    "a second item",
    `${HEAD}spec:\n  containers:\n  - name: a\n  - ¦`,
    "key",
    ["spec", "containers", "[]"],
    "",
    [],
  ],
  [
    "an indented list",
    `${HEAD}spec:\n  containers:\n    - name: a\n      im¦\n    - name: b`,
    "key",
    ["spec", "containers", "[]"],
    "im",
    ["name"],
  ],
  [
    "a list in a list's item",
    `${HEAD}spec:\n- env:\n  - name: a\n    ¦`,
    "key",
    ["spec", "[]", "env", "[]"],
    "",
    ["name"],
  ],
  ["after a list", `${HEAD}spec:\n  containers:\n  - name: a\n  ¦`, "key", ["spec"], "", ["containers"]],
  ["a value", `${HEAD}spec:\n  strategy:\n    type: Rec¦`, "value", ["spec", "strategy", "type"], "Rec", []],
  ["an empty value", `${HEAD}spec:\n  type: ¦`, "value", ["spec", "type"], "", []],
  ["a quoted key", `${HEAD}metadata:\n  "labels":\n    a¦`, "key", ["metadata", "labels"], "a", []],
  ["a comment between", `${HEAD}spec:\n# why\n  # so\n  re¦`, "key", ["spec"], "re", []],
] as const) {
  test(`placeAt: ${name}`, () => {
    const place = at(text);
    assert.deepEqual(
      place && { side: place.side, path: place.path, prefix: place.prefix, present: [...place.present] },
      { side, path, prefix, present },
    );
  });
}

test("placeAt: each document has its own kind", () => {
  const place = at(`${HEAD}---\napiVersion: v1\nkind: "Service"\nspec:\n  t¦\n---\nkind: Pod`);
  assert.deepEqual([place?.apiVersion, place?.kind, place?.path], ["v1", "Service", ["spec"]]);
});

for (const [name, text] of [
  ["a comment", "spec: 1 # he¦"],
  ["a block of text", "data:\n  file: |+\n    ke¦"],
  ["flow style", "spec: {re¦"],
  ["a plain sentence", "spec:\n  some words¦"],
] as const) {
  test(`placeAt: nothing in ${name}`, () => {
    assert.equal(at(text), undefined);
  });
}
