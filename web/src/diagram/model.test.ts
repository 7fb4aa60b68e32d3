import assert from "node:assert/strict";
import { test } from "node:test";
import { english } from "../language/english.ts";
import type { CustomItem, DeploymentItem, Item, PodItem, ReplicaSetItem } from "../protocol/topology.ts";
import {
  type Arrangement,
  arrange,
  chooseDensity,
  EMPTY_PLACEMENT,
  type Placement,
  UNOWNED,
} from "./arrangement.ts";
import { describeBox } from "./description.ts";
import { layOut } from "./layout.ts";
import { isMove, moveFrom } from "./navigation.ts";
import { podState } from "./podstate.ts";
import type { Box, Rectangle, Scene } from "./scene.ts";
import { assignSlots } from "./slots.ts";

const fields = { namespace: "default", created: 0, deleting: 0, revisionSeen: 1 };

function deployment(desired: number, changes: Partial<DeploymentItem> = {}): DeploymentItem {
  return {
    ...fields,
    kind: "Deployment",
    uid: "d",
    name: "web",
    owner: "",
    desired,
    updated: 0,
    ready: 0,
    available: 0,
    unavailable: 0,
    total: 0,
    revision: 1,
    paused: false,
    strategy: "RollingUpdate",
    maxSurge: 1,
    maxUnavailable: 1,
    maxSurgeText: "1",
    maxUnavailableText: "1",
    minReadySeconds: 0,
    progressing: "",
    images: ["nginx:v1"],
    settled: false,
    ...changes,
  };
}

function replicaSet(
  revision: number,
  desired: number,
  changes: Partial<ReplicaSetItem> = {},
): ReplicaSetItem {
  return {
    ...fields,
    kind: "ReplicaSet",
    uid: `r${revision}`,
    name: `web-hash${revision}`,
    owner: "d",
    created: revision,
    desired,
    current: desired,
    ready: desired,
    available: desired,
    revision,
    active: true,
    images: [`nginx:v${revision}`],
    hash: `hash${revision}`,
    ...changes,
  };
}

function pod(uid: string, owner: string, changes: Partial<PodItem> = {}): PodItem {
  return {
    ...fields,
    kind: "Pod",
    uid,
    name: `web-hash1-${uid}`,
    owner,
    phase: "Running",
    status: "Running",
    readyText: "1/1",
    ready: true,
    restarts: 0,
    node: "node-1",
    ip: "10.244.0.5",
    images: ["nginx:v1"],
    replicaSetHash: "",
    services: [],
    ...changes,
  };
}

const inventory = (items: readonly Item[]) => new Map(items.map((item) => [item.uid, item]));
const arranged = (items: readonly Item[], previous: Placement = EMPTY_PLACEMENT) =>
  arrange(inventory(items), previous);
const pods = (count: number, owner: string) =>
  Array.from({ length: count }, (_, index) => pod(`p${index}`, owner));

function slotsOf(arrangement: Arrangement): Record<string, number> {
  return Object.fromEntries(
    arrangement.groups.flatMap((group) =>
      group.lanes.flatMap((lane) => lane.pods.map(({ pod, slot }) => [pod.uid, slot])),
    ),
  );
}

test("a pod keeps its slot while others come and go", () => {
  const first = assignSlots(new Map(), ["a", "b", "c"]);
  assert.deepEqual(
    [...first],
    [
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ],
  );
  const second = assignSlots(first, ["a", "c", "d", "e"]);
  assert.deepEqual(Object.fromEntries(second), { a: 0, c: 2, d: 1, e: 3 });
});

test("a grid that is mostly holes closes up, in order", () => {
  const many = assignSlots(
    new Map(),
    Array.from({ length: 300 }, (_, index) => `p${index}`),
  );
  const few = assignSlots(many, ["p7", "p120", "p299"]);
  assert.deepEqual(Object.fromEntries(few), { p7: 0, p120: 1, p299: 2 });
  const bearable = assignSlots(many, ["p2", "p9"]);
  assert.deepEqual(Object.fromEntries(bearable), { p2: 2, p9: 9 });
});

test("a Deployment's ReplicaSets are lanes, the newest first; one at 0 without pods is history", () => {
  const { arrangement } = arranged([
    deployment(2),
    replicaSet(1, 0, { active: false }),
    replicaSet(2, 1, { active: false }),
    replicaSet(3, 1),
    pod("old", "r2"),
    pod("new", "r3"),
  ]);
  const [group] = arrangement.groups;
  assert.deepEqual(
    group?.lanes.map((lane) => [lane.key, lane.prominent]),
    [
      ["r3", true],
      ["r2", false],
    ],
  );
  assert.deepEqual(
    group?.history.map((item) => item.uid),
    ["r1"],
  );
});

test("an old ReplicaSet stays a lane until its last pod is gone", () => {
  const items = [deployment(1), replicaSet(2, 1), pod("new", "r2")];
  const leaving = pod("old", "r1", { deleting: 5 });
  const old = replicaSet(1, 0, { active: false });
  const before = arranged([...items, old, leaving]).arrangement.groups[0];
  assert.equal(before?.lanes.length, 2);
  const after = arranged([...items, old]).arrangement.groups[0];
  assert.equal(after?.lanes.length, 1);
  assert.equal(after?.history.length, 1);
});

test("the newest ReplicaSet keeps room for what the Deployment wants", () => {
  const { arrangement } = arranged([
    deployment(3),
    replicaSet(1, 1),
    pod("a", "r1", { deleting: 9 }),
    pod("b", "r1"),
  ]);
  const lane = arrangement.groups[0]?.lanes[0];
  assert.deepEqual(lane?.wanted, [2, 3], "two are wanted besides b; the slot of a is still taken");
  assert.equal(lane?.length, 4);
});

test("a scaled-down Deployment without pods is no history", () => {
  const { arrangement } = arranged([deployment(0), replicaSet(1, 0)]);
  assert.equal(arrangement.groups[0]?.lanes.length, 1);
  assert.deepEqual(arrangement.groups[0]?.history, []);
});

test("pods whose owner is unknown stand in a group of their own", () => {
  const { arrangement } = arranged([pod("a", ""), pod("b", "nobody")]);
  assert.deepEqual(
    arrangement.groups.map((group) => [group.key, group.lanes[0]?.pods.length]),
    [[UNOWNED, 2]],
  );
});

test("the cluster's own Service is not shown, others are", () => {
  const service = {
    ...fields,
    kind: "Service",
    owner: "",
    clusterIP: "10.96.0.1",
    type: "ClusterIP",
    ports: "443/TCP",
    targets: [],
    ready: 0,
    endpoints: 0,
  } as const;
  const { arrangement } = arranged([
    { ...service, uid: "k", name: "kubernetes" },
    { ...service, uid: "w", name: "web" },
    { ...service, uid: "o", name: "kubernetes", namespace: "other" },
  ]);
  assert.deepEqual(
    arrangement.companions.map(({ uid }) => uid),
    ["w", "o"],
  );
});

test("a volume is shown when no claim has it: the box of the claim stands for both", () => {
  const volume = {
    ...fields,
    kind: "PersistentVolume",
    namespace: "",
    owner: "",
    capacity: "1Gi",
    class: "slow",
    reclaimPolicy: "Retain",
    claim: "default/diary",
  } as const;
  const { arrangement } = arranged([
    deployment(1),
    { ...volume, uid: "b", name: "bound", status: "Bound", bound: true },
    { ...volume, uid: "r", name: "released", status: "Released", bound: false },
    { ...volume, uid: "a", name: "available", status: "Available", bound: false, claim: "" },
  ]);
  assert.deepEqual(
    arrangement.companions.map(({ uid }) => uid),
    ["a", "r"],
  );
  const boxes = layOut(arrangement, 1200).boxes.filter(({ type }) => type === "companion");
  assert.deepEqual(
    boxes.map((box) => describeBox(box, english)),
    [
      "PersistentVolume available, Available, 1Gi, Retain",
      "PersistentVolume released, Released, 1Gi, Retain",
    ],
  );
});

test("pods keep their slots through a whole rollout, whatever the order of the items", () => {
  const seen = new Map<string, number>();
  let placement = EMPTY_PLACEMENT;
  for (let step = 0; step <= 3; step++) {
    const old = Array.from({ length: 3 - step }, (_, index) => pod(`o${index + step}`, "r1"));
    const fresh = Array.from({ length: step }, (_, index) => pod(`n${index}`, "r2"));
    const items = [
      deployment(3),
      replicaSet(1, 3 - step, { active: false }),
      replicaSet(2, step),
      ...old,
      ...fresh,
    ];
    const result = arrange(inventory(step % 2 === 0 ? items : items.reverse()), placement);
    placement = result.placement;
    for (const [uid, slot] of Object.entries(slotsOf(result.arrangement))) {
      assert.equal(slot, seen.get(uid) ?? slot, `slot of ${uid} in step ${step}`);
      seen.set(uid, slot);
    }
  }
  assert.equal(seen.size, 6);
});

test("the size goes by what is planned and does not flip", () => {
  assert.equal(chooseDensity(undefined, 4, 4), "large");
  assert.equal(chooseDensity("large", 4, 18), "large", "a passing excess is tolerated");
  assert.equal(chooseDensity("large", 4, 19), "medium");
  assert.equal(chooseDensity("medium", 4, 15), "medium", "not back before there is room");
  assert.equal(chooseDensity("medium", 4, 12), "large");
  assert.equal(chooseDensity(undefined, 375, 0), "small");
  assert.equal(chooseDensity("small", 60, 60), "medium");
});

/** Boxes of one rank that hide each other. */
function overlaps(scene: Scene): string[] {
  const found: string[] = [];
  const hits = (one: Rectangle, other: Rectangle) =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height;
  scene.boxes.forEach((one, index) => {
    for (const other of scene.boxes.slice(index + 1)) {
      if (hits(one, other)) {
        found.push(`${one.key} and ${other.key}`);
      }
    }
  });
  return found;
}

const node = (index: number): Item => ({
  ...fields,
  kind: "Node",
  uid: `n${index}`,
  namespace: "",
  name: `node-${index}`,
  owner: "",
  ready: true,
  status: "Ready",
  unschedulable: false,
  podCIDR: "",
  internalIP: "",
  podCount: 0,
});

test("nothing overlaps and all is inside, at every width and number", () => {
  for (const width of [320, 390, 599, 600, 780, 1240, 2400]) {
    for (const count of [0, 1, 3, 12, 13, 60, 61, 300]) {
      const items = [
        ...[1, 2, 3, 4, 5].map(node),
        deployment(count),
        replicaSet(1, 0, { active: false }),
        replicaSet(2, 2, { active: false }),
        replicaSet(3, count),
        pod("x", "r2"),
        pod("y", "r2"),
        pod("lonely", ""),
        ...pods(count, "r3"),
      ];
      const scene = layOut(arranged(items).arrangement, width);
      const what = `width ${width}, ${count} pods`;
      assert.deepEqual(overlaps(scene), [], what);
      for (const box of scene.boxes) {
        assert.ok(box.x >= 0 && box.x + box.width <= width, `${box.key} sticks out sideways: ${what}`);
        assert.ok(box.y >= 0 && box.y + box.height <= scene.height, `${box.key} sticks out below: ${what}`);
      }
      assert.equal(
        new Set(scene.boxes.map((box) => box.key)).size,
        scene.boxes.length,
        `keys repeat: ${what}`,
      );
    }
  }
});

test("what hangs from a box comes after it", () => {
  const scene = layOut(
    arranged([deployment(1), replicaSet(1, 1), pod("a", "r1"), replicaSet(0, 0, { active: false })])
      .arrangement,
    800,
  );
  const keys = scene.boxes.map((box) => box.key);
  assert.deepEqual(keys, ["head:d", "lane:r1", "pod:a", "history:r0"]);
  for (const box of scene.boxes) {
    assert.ok(box.parent === "" || keys.indexOf(box.parent) < keys.indexOf(box.key), box.key);
  }
});

test("many old revisions are counted, not drawn", () => {
  const old = Array.from({ length: 8 }, (_, index) => replicaSet(index + 1, 0, { active: false }));
  const scene = layOut(arranged([deployment(1), replicaSet(9, 1), ...old]).arrangement, 800);
  const history = scene.boxes.filter((box) => box.type === "history");
  assert.deepEqual(
    history.map((box) => box.item.revision),
    [8, 7, 6],
  );
  const older = scene.boxes.find((box): box is Extract<Box, { type: "older" }> => box.type === "older");
  assert.equal(older?.count, 5);
});

test("a pod that leaves moves no other pod of its lane", () => {
  const items = [deployment(3), replicaSet(1, 3), ...pods(4, "r1")];
  const first = arranged(items);
  const scene = layOut(first.arrangement, 900);
  const second = arranged(
    items.filter((item) => item.uid !== "p1"),
    first.placement,
  );
  const after = layOut(second.arrangement, 900);
  for (const uid of ["p0", "p2", "p3"]) {
    const place = (of: Scene) => {
      const box = of.boxes.find(({ key }) => key === `pod:${uid}`);
      return [box?.x, box?.y];
    };
    assert.deepEqual(place(after), place(scene), uid);
  }
});

test("the label of a pod is what sets it apart in its lane", () => {
  const scene = layOut(
    arranged([deployment(1), replicaSet(1, 1), pod("x7k2p", "r1"), pod("lonely", "", { name: "lonely" })])
      .arrangement,
    900,
  );
  const labels = scene.boxes.flatMap((box) => (box.type === "pod" ? [box.label] : []));
  assert.deepEqual(labels, ["x7k2p", "lonely"]);
});

test("arrows move to the nearest box that way", () => {
  const scene = layOut(
    arranged([deployment(4), replicaSet(1, 0, { active: false }), replicaSet(2, 4), ...pods(4, "r2")])
      .arrangement,
    900,
  );
  const go = (from: string, ...moves: string[]) =>
    moves.reduce((key, move) => (isMove(move) ? moveFrom(scene.boxes, key, move) : key), from);
  assert.equal(go("head:d", "ArrowRight"), "lane:r2");
  assert.equal(go("head:d", "ArrowRight", "ArrowRight"), "pod:p0");
  assert.equal(go("pod:p0", "ArrowRight"), "pod:p1");
  assert.equal(go("pod:p0", "ArrowDown"), "pod:p2");
  assert.equal(go("pod:p3", "ArrowUp"), "pod:p1");
  assert.equal(go("lane:r2", "ArrowDown"), "history:r1");
  assert.equal(go("pod:p2", "ArrowLeft"), "lane:r2");
  assert.equal(go("pod:p1", "ArrowRight"), "pod:p1", "nothing there");
  assert.equal(go("head:d", "End"), scene.boxes.at(-1)?.key);
  assert.equal(go("pod:p3", "Home"), "head:d");
  assert.equal(isMove("Enter"), false);
});

test("what a pod is drawn as", () => {
  const cases: [Partial<PodItem>, string][] = [
    [{ phase: "Pending", status: "Pending", node: "", ready: false }, "pending"],
    [{ phase: "Pending", status: "ContainerCreating", ready: false }, "creating"],
    [{ phase: "Pending", status: "Init:0/1", ready: false }, "creating"],
    [{ phase: "Running", ready: false }, "starting"],
    [{}, "ready"],
    [{ deleting: 7, ready: true }, "terminating"],
    [{ deleting: 7, status: "CrashLoopBackOff" }, "terminating"],
    [{ phase: "Pending", status: "ErrImagePull", ready: false }, "failing"],
    [{ phase: "Pending", status: "ImagePullBackOff", ready: false }, "failing"],
    [{ phase: "Pending", status: "Init:CrashLoopBackOff", ready: false }, "failing"],
    [{ phase: "Pending", status: "CreateContainerConfigError", ready: false }, "failing"],
    [{ status: "CrashLoopBackOff", ready: false }, "failing"],
    [{ phase: "Failed", status: "Evicted", ready: false }, "failing"],
    [{ status: "OOMKilled", ready: false }, "failing"],
    [{ status: "ExitCode:3", ready: false }, "failing"],
    [{ phase: "Succeeded", status: "Completed", ready: false }, "succeeded"],
  ];
  for (const [changes, want] of cases) {
    assert.equal(podState(pod("a", "", changes)), want, JSON.stringify(changes));
  }
});

test("a custom object stands by a workload that belongs to it, and by itself without one", () => {
  const bakery = (changes: Partial<CustomItem>): CustomItem => ({
    ...fields,
    kind: "CustomResource",
    uid: "c",
    name: "corner",
    owner: "",
    type: "Bakery",
    group: "food.example",
    path: "/apis/food.example/v1/namespaces/default/bakeries/corner",
    targets: [],
    conditions: [],
    ...changes,
  });
  const placed = (...items: Item[]) =>
    arrange(new Map(items.map((item) => [item.uid, item])), EMPTY_PLACEMENT).arrangement;
  const owned = placed(bakery({ targets: ["d"] }), deployment(1, { owner: "c" }));
  assert.deepEqual(
    owned.groups.map(({ key, companions }) => [key, companions.map(({ uid }) => uid)]),
    [["d", ["c"]]],
  );
  const pods = placed(bakery({}), pod("p", "c"));
  assert.deepEqual(
    pods.companions.map(({ uid }) => uid),
    ["c"],
  );
  assert.deepEqual(
    pods.groups.map(({ key }) => key),
    [UNOWNED],
  );
});
