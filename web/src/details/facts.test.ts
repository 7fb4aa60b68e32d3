import assert from "node:assert/strict";
import { test } from "node:test";
import { chinese } from "../language/chinese.ts";
import { english } from "../language/english.ts";
import type { ClaimItem, Item, VolumeItem } from "../protocol/topology.ts";
import { factsOf } from "./facts.ts";

const FIELDS = { owner: "", created: 1000, deleting: 0, revisionSeen: 1 };

const VOLUME: VolumeItem = {
  ...FIELDS,
  kind: "PersistentVolume",
  uid: "volume",
  namespace: "",
  name: "pvc-7",
  status: "Bound",
  bound: true,
  capacity: "3Gi",
  class: "slow",
  reclaimPolicy: "Retain",
  claim: "harbour/diary",
};

const CLAIM: ClaimItem = {
  ...FIELDS,
  kind: "PersistentVolumeClaim",
  uid: "claim",
  namespace: "harbour",
  name: "diary",
  targets: [],
  status: "Bound",
  bound: true,
  capacity: "3Gi",
  class: "slow",
  volume: "pvc-7",
};

function facts(item: Item, text = english): Record<string, string> {
  const items = new Map<string, Item>([CLAIM, VOLUME].map((each) => [each.uid, each]));
  return Object.fromEntries(factsOf(item, items, 61_000, text));
}

test("a claim tells of its volume", () => {
  assert.deepEqual(facts(CLAIM), {
    Namespace: "harbour",
    Status: "Bound",
    Capacity: "3Gi",
    "Storage class": "slow",
    Volume: "pvc-7",
    "Reclaim policy": "Retain",
    Age: "60s",
  });
  assert.equal(facts({ ...CLAIM, volume: "" })["Reclaim policy"], undefined);
  assert.equal(facts(CLAIM, chinese).回收策略, "Retain");
});

test("a volume tells of its claim, and what becomes of it", () => {
  assert.deepEqual(facts(VOLUME), {
    Status: "Bound",
    Capacity: "3Gi",
    "Storage class": "slow",
    "Reclaim policy": "Retain",
    Claim: "harbour/diary",
    Age: "60s",
  });
  assert.equal(facts(VOLUME, chinese).存储卷声明, "harbour/diary");
});
