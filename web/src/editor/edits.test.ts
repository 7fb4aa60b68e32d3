import assert from "node:assert/strict";
import { test } from "node:test";
import { documentLine, suggestEdits } from "./edits.ts";
import rollUpdate from "./roll_update.yaml";

function edited(yaml: string, kind: "image" | "replicas"): string {
  const edit = suggestEdits(yaml).find((candidate) => candidate.kind === kind);
  assert.ok(edit, `no edit of ${kind}`);
  return yaml.slice(0, edit.from) + edit.insert + yaml.slice(edit.to);
}

test("the manifest of the walk-through goes from v1 to v2 and back, and nothing else changes", () => {
  const second = edited(rollUpdate, "image");
  assert.equal(second, rollUpdate.replace("nginx:v1", "nginx:v2"));
  assert.equal(edited(second, "image"), rollUpdate);
});

test("replicas go 1, 3, 10, 3", () => {
  const three = edited(rollUpdate, "replicas");
  assert.equal(three, rollUpdate.replace("replicas: 1", "replicas: 3"));
  const ten = edited(three, "replicas");
  assert.match(ten, /replicas: 10$/m);
  assert.match(edited(ten, "replicas"), /replicas: 3$/m);
});

test("quotes and comments are left alone", () => {
  assert.equal(edited('  - image: "nginx:v1" # old', "image"), '  - image: "nginx:v2" # old');
});

test("no suggestion where there is nothing to change", () => {
  assert.deepEqual(suggestEdits("kind: ConfigMap\ndata:\n  image: nginx:1.27\n"), []);
  assert.deepEqual(suggestEdits("image: nginx:v12\nreplicas: three\n"), []);
});

test("where a document of a stream begins", () => {
  const yaml = "# head\n---\n# only a comment\n---\nkind: Pod\n---\n\nkind: Service\n";
  assert.equal(documentLine(yaml, 0), 5);
  assert.equal(documentLine(yaml, 1), 8);
  assert.equal(documentLine(yaml, 7), 1, "a document that is not there");
});
