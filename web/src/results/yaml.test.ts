import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentsOf, withoutManagedFields } from "./yaml.ts";

test("managedFields go, and nothing else", () => {
  const yaml = `apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    managedFields: kept
  managedFields:
  - apiVersion: apps/v1
    fieldsV1:
      f:spec: {}
    manager: page
  - apiVersion: apps/v1
    operation: Update
  name: web
spec:
  replicas: 1
`;
  assert.equal(
    withoutManagedFields(yaml),
    `apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    managedFields: kept
  name: web
spec:
  replicas: 1`,
  );
});

test("managedFields at the end of metadata", () => {
  assert.equal(
    withoutManagedFields("metadata:\n  managedFields:\n  - manager: page\nspec: {}\n"),
    "metadata:\nspec: {}",
  );
});

test("a line in its parts", () => {
  assert.deepEqual(fragmentsOf("  - name: nginx"), [
    { text: "  - ", part: "plain" },
    { text: "name:", part: "key" },
    { text: " nginx", part: "value" },
  ]);
  assert.deepEqual(fragmentsOf("    just text: no"), [{ text: "    just text: no", part: "plain" }]);
  assert.deepEqual(fragmentsOf("status:"), [{ text: "status:", part: "key" }]);
});
