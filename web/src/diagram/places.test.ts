import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  AutoscalerItem,
  BudgetItem,
  Item,
  NodeItem,
  PodItem,
  ServiceItem,
} from "../protocol/topology.ts";
import { arrange, EMPTY_PLACEMENT, UNSCHEDULED } from "./arrangement.ts";
import { layOut } from "./layout.ts";
import type { Box } from "./scene.ts";

const fields = { namespace: "default", owner: "", created: 0, deleting: 0, revisionSeen: 1 };

const deployment = (uid: string): Item => ({
  ...fields,
  kind: "Deployment",
  uid,
  name: uid,
  desired: 2,
  updated: 2,
  ready: 2,
  available: 2,
  unavailable: 0,
  total: 2,
  revision: 2,
  paused: false,
  strategy: "RollingUpdate",
  maxSurge: 1,
  maxUnavailable: 0,
  maxSurgeText: "25%",
  maxUnavailableText: "25%",
  minReadySeconds: 0,
  progressing: "",
  images: ["nginx:v2"],
  settled: false,
});

const replicaSet = (uid: string, owner: string, revision: number): Item => ({
  ...fields,
  kind: "ReplicaSet",
  uid,
  name: `${owner}-${uid}`,
  owner,
  desired: 2,
  current: 2,
  ready: 2,
  available: 2,
  revision,
  active: revision === 2,
  images: [`nginx:v${revision}`],
  hash: uid,
});

const pod = (uid: string, owner: string, node: string, name: string): PodItem => ({
  ...fields,
  kind: "Pod",
  uid,
  owner,
  name,
  phase: "Running",
  status: "Running",
  readyText: "1/1",
  ready: true,
  restarts: 0,
  node,
  ip: "",
  images: ["nginx:v2"],
  replicaSetHash: "",
  services: [],
});

const node = (name: string): NodeItem => ({
  ...fields,
  kind: "Node",
  uid: `n-${name}`,
  namespace: "",
  name,
  ready: true,
  status: "Ready",
  unschedulable: false,
  podCIDR: "",
  internalIP: "",
  podCount: 1,
});

const service = (uid: string, targets: string[]): ServiceItem => ({
  ...fields,
  kind: "Service",
  uid,
  name: uid,
  clusterIP: "10.96.0.7",
  type: "ClusterIP",
  ports: "80/TCP",
  targets,
  ready: 0,
  endpoints: 0,
});

const autoscaler: AutoscalerItem = {
  ...fields,
  kind: "HorizontalPodAutoscaler",
  uid: "hpa",
  name: "hpa",
  target: "web",
  minimum: 1,
  maximum: 5,
  current: 2,
  desired: 3,
  metrics: "cpu: 80%/50%",
  trouble: "",
};

const budget: BudgetItem = {
  ...fields,
  kind: "PodDisruptionBudget",
  uid: "pdb",
  name: "pdb",
  targets: ["web", "other"],
  minAvailable: "1",
  maxUnavailable: "",
  allowed: 1,
  healthy: 2,
  least: 1,
  expected: 2,
};

const cluster: readonly Item[] = [
  node("node-1"),
  node("node-2"),
  deployment("web"),
  replicaSet("aaa", "web", 1),
  replicaSet("bbb", "web", 2),
  pod("p1", "aaa", "node-1", "web-aaa-11111"),
  pod("p2", "bbb", "node-2", "web-bbb-22222"),
  pod("p3", "bbb", "", "web-bbb-33333"),
  pod("p4", "", "node-1", "alone"),
  budget,
  autoscaler,
  service("front", ["web"]),
  service("nothing", []),
];
const inventory = (items: readonly Item[]) => new Map(items.map((item) => [item.uid, item]));

test("Service, autoscaler and budget stand by their workload, in this order; what has none stands alone", () => {
  const { arrangement } = arrange(inventory(cluster), EMPTY_PLACEMENT);
  const web = arrangement.groups.find(({ key }) => key === "web");
  assert.deepEqual(
    web?.companions.map(({ uid }) => uid),
    ["front", "hpa", "pdb"],
  );
  assert.deepEqual(
    arrangement.companions.map(({ uid }) => uid),
    ["nothing"],
  );
  const { boxes } = layOut(arrangement, 900);
  assert.equal(boxes.find(({ key }) => key === "companion:hpa")?.parent, "head:web");
});

test("by node, every pod stands on its node and tells its revision", () => {
  const { arrangement } = arrange(inventory(cluster), EMPTY_PLACEMENT, "node");
  const places = Object.fromEntries(
    (arrangement.machines ?? []).map(({ key, pods }) => [key, pods.map((placed) => placed.pod.uid).sort()]),
  );
  assert.deepEqual(places, { "n-node-1": ["p1", "p4"], "n-node-2": ["p2"], [UNSCHEDULED]: ["p3"] });
  const { boxes, panels } = layOut(arrangement, 900);
  assert.equal(panels.length, 3);
  const pods = boxes.filter((box): box is Extract<Box, { type: "pod" }> => box.type === "pod");
  assert.deepEqual(
    pods.map(({ label, revision, prominent, parent }) => [label, revision, prominent, parent]).sort(),
    [
      ["alone", 0, true, "node:n-node-1"],
      ["web-11111", 1, false, "node:n-node-1"],
      ["web-22222", 2, true, "node:n-node-2"],
      ["web-33333", 2, true, `node:${UNSCHEDULED}`],
    ],
  );
  for (const box of pods) {
    const panel = panels.find(({ key }) => `node:${key.slice("panel:".length)}` === box.parent);
    assert.ok(panel && box.x >= panel.x && box.x + box.width <= panel.x + panel.width);
    assert.ok(box.y + box.height <= panel.y + panel.height);
  }
});

test("a pod has the same key in both views, so that it moves there", () => {
  const keys = (grouping: "controller" | "node") =>
    layOut(arrange(inventory(cluster), EMPTY_PLACEMENT, grouping).arrangement, 900)
      .boxes.filter(({ type }) => type === "pod")
      .map(({ key }) => key)
      .sort();
  assert.deepEqual(keys("node"), keys("controller"));
});

test("where there is room groups stand in columns, and a group keeps its column", () => {
  const four = ["a", "b", "c", "d"].map(deployment);
  const columns = (items: readonly Item[]) => {
    const { boxes } = layOut(arrange(inventory(items), EMPTY_PLACEMENT).arrangement, 2200);
    return new Map(boxes.filter(({ type }) => type === "head").map(({ key, x }) => [key, x]));
  };
  const before = columns(four);
  assert.equal(new Set(before.values()).size, 2);
  const after = columns([...four, replicaSet("aaa", "a", 1), replicaSet("bbb", "a", 2)]);
  assert.deepEqual(after, before);
});
