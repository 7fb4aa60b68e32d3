import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines, templateOf } from "./diff.ts";

test("what is common stays, the rest goes and comes", () => {
  assert.deepEqual(
    diffLines("a\nb\nc", "a\nx\nc\nd").map(({ sign, text }) => sign + text),
    [" a", "-b", "+x", " c", "+d"],
  );
  assert.deepEqual(
    diffLines("same", "same").map(({ sign }) => sign),
    [" "],
  );
});

test("a template is taken out of the object's YAML", () => {
  const yaml = `metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels:
        app: web
        pod-template-hash: abc
    spec:
      containers:
      - image: nginx
status:
  replicas: 3
`;
  assert.equal(
    templateOf(yaml),
    "metadata:\n  labels:\n    app: web\nspec:\n  containers:\n  - image: nginx",
  );
  assert.equal(templateOf("kind: Pod"), "");
});
