import assert from "node:assert/strict";
import { test } from "node:test";
import { sketchState, sketchYaml } from "./sketch.ts";

test("objects of a YAML text, by their lines", () => {
  const yaml = `# A web server
apiVersion: apps/v1
kind: Deployment # the first
metadata:
  labels:
    app: web
  name: "web"
spec:
  template:
    metadata:
      labels: {app: web}
  replicas: 4
---
kind: Service
metadata: {namespace: shop, name: front}
spec:
  ports:
  - port: 80
--- # the last
kind: Pod
metadata:
    name: alone
    labels:
      app: alone
`;
  assert.deepEqual(sketchYaml(yaml), [
    { kind: "Deployment", name: "web", replicas: 4 },
    { kind: "Service", name: "front", replicas: undefined },
    { kind: "Pod", name: "alone", replicas: 1 },
  ]);
});

test("what is no manifest has no objects", () => {
  assert.deepEqual(sketchYaml(""), []);
  assert.deepEqual(sketchYaml("<script>alert(1)</script>\n---\n- a"), []);
  assert.deepEqual(sketchYaml("kind: Deployment\n"), [{ kind: "Deployment", name: "", replicas: 1 }]);
});

test("objects of a state, without what a cluster makes by itself", () => {
  const object = (kind: string, name: string, namespace: string | undefined, replicas?: number) => ({
    object: { kind, metadata: { name, namespace }, spec: { replicas } },
  });
  const content = {
    objects: [
      object("Deployment", "web", "default", 3),
      object("ReplicaSet", "web-1", "default", 3),
      object("Service", "kubernetes", "default"),
      object("Service", "web", "default"),
      object("ConfigMap", "kube-root-ca.crt", "default"),
      object("Deployment", "coredns", "kube-system", 2),
      object("Node", "node-1", undefined),
    ],
  };
  const archive = new TextEncoder().encode(JSON.stringify({ content }));
  assert.deepEqual(sketchState(archive), [
    { kind: "Deployment", name: "web", replicas: 3 },
    { kind: "Service", name: "web", replicas: undefined },
  ]);
});
