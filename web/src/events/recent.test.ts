import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterEvent } from "../protocol/topology.ts";
import { EVENT_LIMIT, RecentEvents } from "./recent.ts";

function event(uid: string, time: number, count = 1): ClusterEvent {
  return {
    uid,
    time,
    type: "Normal",
    reason: "Pulled",
    message: "",
    count,
    source: "kubelet",
    involved: { kind: "Pod", namespace: "default", name: "a", uid: "pod" },
  };
}

const order = (recent: RecentEvents) => recent.newestFirst.map(({ uid, count }) => `${uid}x${count}`);

test("newest first, and of one time the last to come first", () => {
  const recent = new RecentEvents();
  recent.add([event("scheduled", 1000), event("pulling", 1000)]);
  recent.add([event("pulled", 3000), event("created", 3000)]);
  assert.deepEqual(order(recent), ["createdx1", "pulledx1", "pullingx1", "scheduledx1"]);
});

test("an event that is counted up stands once, at its new time", () => {
  const recent = new RecentEvents();
  recent.add([event("backoff", 1000), event("other", 2000)]);
  recent.add([event("backoff", 3000, 2), event("backoff", 4000, 3)]);
  assert.deepEqual(order(recent), ["backoffx3", "otherx1"]);
});

test("the oldest go when there are too many", () => {
  const recent = new RecentEvents();
  recent.add(Array.from({ length: EVENT_LIMIT + 50 }, (_, index) => event(`e${index}`, index)));
  assert.equal(recent.newestFirst.length, EVENT_LIMIT);
  assert.equal(recent.newestFirst[0]?.uid, `e${EVENT_LIMIT + 49}`);
});
