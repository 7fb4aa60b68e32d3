import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeploymentItem, NodeItem, PodItem, ReplicaSetItem } from "../protocol/topology.ts";
import {
  annotateNode,
  badImage,
  cordon,
  deletePod,
  drainCommand,
  failingProbe,
  restart,
  scale,
  setImage,
  setPaused,
  undo,
} from "./commands.ts";

const web = { kind: "Deployment", namespace: "default", name: "web", desired: 3 } as DeploymentItem;
const shop = { ...web, namespace: "shop" };

test("each action has the kubectl line that makes the same", () => {
  assert.equal(scale(web, 4).command, "kubectl scale deployment/web --replicas=4");
  assert.equal(scale(shop, 0).command, "kubectl scale deployment/web --replicas=0 -n shop");
  assert.equal(
    setImage(web, "main", "nginx:1.28").command,
    "kubectl set image deployment/web main=nginx:1.28",
  );
  assert.equal(setPaused(web, true).command, "kubectl rollout pause deployment/web");
  assert.equal(setPaused(web, false).command, "kubectl rollout resume deployment/web");
  const restarted = restart(web, Date.UTC(2026, 0, 1));
  assert.equal(restarted.command, "kubectl rollout restart deployment/web");
  assert.match(JSON.stringify(restarted.body), /"kubectl.kubernetes.io\/restartedAt":"2026-01-01T00:00:00Z"/);
  assert.match(
    failingProbe(web, "main").command,
    /^kubectl patch deployment\/web -p '\{"spec":\{"template":/,
  );
});

test("an undo takes the template without the label of its ReplicaSet", () => {
  const set = { kind: "ReplicaSet", revision: 2 } as ReplicaSetItem;
  const template = {
    metadata: { labels: { app: "web", "pod-template-hash": "abc" } },
    spec: { containers: [] },
  };
  const action = undo(web, set, template);
  assert.equal(action.command, "kubectl rollout undo deployment/web --to-revision=2");
  assert.deepEqual(action.body, [
    {
      op: "replace",
      path: "/spec/template",
      value: { metadata: { labels: { app: "web" } }, spec: { containers: [] } },
    },
  ]);
});

test("a bad image keeps the repository", () => {
  assert.equal(badImage("nginx"), "nginx:does-not-exist");
  assert.equal(
    badImage("registry.example:5000/team/nginx:v1"),
    "registry.example:5000/team/nginx:does-not-exist",
  );
  assert.equal(badImage("nginx@sha256:aa"), "nginx:does-not-exist");
});

test("what happens to a node is an annotation, or what kubectl does", () => {
  const node = { kind: "Node", namespace: "", name: "node-2" } as NodeItem;
  const off = annotateNode(node, "power", "off");
  assert.equal(off.command, "kubectl annotate node node-2 sim.tabernetes.dev/power=off --overwrite");
  assert.deepEqual(off.body, { metadata: { annotations: { "sim.tabernetes.dev/power": "off" } } });
  const on = annotateNode(node, "power", null);
  assert.equal(on.command, "kubectl annotate node node-2 sim.tabernetes.dev/power-");
  assert.deepEqual(on.body, { metadata: { annotations: { "sim.tabernetes.dev/power": null } } });
  assert.equal(cordon(node, true).command, "kubectl cordon node-2");
  assert.deepEqual(cordon(node, false).body, { spec: { unschedulable: null } });
  assert.match(drainCommand(node), /^kubectl drain node-2 /);
  const pod = { kind: "Pod", namespace: "shop", name: "web-1" } as PodItem;
  assert.equal(deletePod(pod).command, "kubectl delete pod web-1 -n shop");
});
