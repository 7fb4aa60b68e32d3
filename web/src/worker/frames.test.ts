import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineDelta, TimelinePoint } from "../protocol/timeline.ts";
import type { ClusterEvent, Frame, PodItem } from "../protocol/topology.ts";
import { FRAME_MILLISECONDS, Frames, MAXIMUM_WAITING_EVENTS } from "./frames.ts";

function pod(uid: string, phase: PodItem["phase"] = "Pending"): PodItem {
  return {
    kind: "Pod",
    uid,
    namespace: "default",
    name: uid,
    owner: "",
    created: 0,
    deleting: 0,
    revisionSeen: 1,
    phase,
    status: phase,
    readyText: "0/1",
    ready: false,
    restarts: 0,
    node: "",
    ip: "",
    images: [],
    replicaSetHash: "",
    services: [],
  };
}

function event(uid: string): ClusterEvent {
  const involved = { kind: "Pod", namespace: "default", name: "a", uid: "a" };
  return { uid, time: 0, type: "Normal", reason: "Created", message: "", count: 1, source: "", involved };
}

function frame(revision: number, parts: Partial<Frame> = {}): Frame {
  return { revision, time: revision * 1000, reset: false, upserts: [], removes: [], events: [], ...parts };
}

function fake() {
  const host = {
    time: 1000,
    posted: [] as Frame[],
    timelines: [] as TimelineDelta[],
    waiting: [] as { at: number; run: () => void }[],
    hostNow: () => host.time,
    later: (delay: number, run: () => void) => void host.waiting.push({ at: host.time + delay, run }),
    post: (one: Frame) => void host.posted.push(one),
    postTimeline: (one: TimelineDelta) => void host.timelines.push(one),
    advance(milliseconds: number) {
      host.time += milliseconds;
      for (const { run } of host.waiting.splice(0).filter(({ at }) => at <= host.time)) {
        run();
      }
    },
  };
  return { host, frames: new Frames(host) };
}

test("the first frame goes at once, those of the next 33 ms as one", () => {
  const { host, frames } = fake();
  frames.add(frame(1, { upserts: [pod("a")] }));
  assert.equal(host.posted.length, 1);
  frames.add(frame(2, { upserts: [pod("b"), pod("a", "Running")] }));
  frames.add(frame(3, { upserts: [pod("b", "Running")], events: [event("e")] }));
  assert.equal(host.posted.length, 1);
  host.advance(FRAME_MILLISECONDS);
  assert.equal(host.posted.length, 2);
  const merged = host.posted[1];
  assert.deepEqual([merged?.revision, merged?.time], [3, 3000]);
  assert.deepEqual(
    merged?.upserts.map((item) => [item.uid, item.kind === "Pod" && item.phase]),
    [
      ["a", "Running"],
      ["b", "Running"],
    ],
  );
  assert.deepEqual(merged?.events, [event("e")]);
  host.advance(1000);
  assert.equal(host.posted.length, 2, "nothing is sent when nothing waits");
});

test("what comes and goes between two frames is only told as gone", () => {
  const { host, frames } = fake();
  frames.add(frame(1));
  frames.add(frame(2, { upserts: [pod("a")] }));
  frames.add(frame(3, { removes: ["a"] }));
  frames.flush();
  assert.deepEqual(host.posted[1]?.upserts, []);
  assert.deepEqual(host.posted[1]?.removes, ["a"]);
});

test("a full state voids what waits, and stays one when more is merged into it", () => {
  const { host, frames } = fake();
  frames.add(frame(1));
  frames.add(frame(2, { upserts: [pod("old")], removes: ["x"], events: [event("old")] }));
  frames.add(frame(3, { reset: true, upserts: [pod("a")], events: [event("a")] }));
  frames.add(frame(4, { upserts: [pod("b")], removes: ["a"] }));
  frames.flush();
  const merged = host.posted[1];
  assert.equal(merged?.reset, true);
  assert.deepEqual(
    merged?.upserts.map(({ uid }) => uid),
    ["b"],
  );
  assert.deepEqual(merged?.removes, []);
  assert.deepEqual(
    merged?.events.map(({ uid }) => uid),
    ["a"],
  );
});

test("of too many waiting events the oldest are dropped", () => {
  const { host, frames } = fake();
  frames.add(frame(1));
  for (let index = 0; index < MAXIMUM_WAITING_EVENTS + 5; index++) {
    frames.add(frame(2, { events: [event(String(index))] }));
  }
  frames.flush();
  assert.equal(host.posted[1]?.events.length, MAXIMUM_WAITING_EVENTS);
  assert.equal(host.posted[1]?.events[0]?.uid, "5");
});

function delta(
  revision: number,
  uid: string,
  totals: readonly number[],
  parts: Partial<TimelineDelta> = {},
): TimelineDelta {
  const points = totals.map(
    (total, index): TimelinePoint => ({
      time: revision * 1000 + index,
      revision,
      desired: 3,
      floor: 2,
      ceiling: 4,
      total,
      ready: 0,
      available: 0,
      sets: [],
    }),
  );
  const series = [{ uid, namespace: "default", name: uid, points, marks: [] }];
  return { revision, time: revision * 1000, reset: false, series, removes: [], ...parts };
}

test("timelines are joined until they may go, and go after their frame", () => {
  const { host, frames } = fake();
  frames.add(frame(1), delta(1, "a", [1], { reset: true }));
  assert.equal(host.timelines.length, 1);
  frames.add(frame(2), delta(2, "a", [2]));
  frames.add(null, delta(3, "a", [3, 4]));
  frames.add(null, delta(4, "b", [9]));
  assert.equal(host.timelines.length, 1);
  host.advance(FRAME_MILLISECONDS);
  assert.equal(host.posted.length, 2);
  const joined = host.timelines[1];
  assert.equal(joined?.revision, 4);
  assert.equal(joined?.reset, false);
  assert.deepEqual(
    joined?.series.map(({ uid, points }) => [uid, ...points.map(({ total }) => total)]),
    [
      ["a", 2, 3, 4],
      ["b", 9],
    ],
  );
  frames.add(null, delta(5, "a", [5]));
  frames.add(null, { revision: 6, time: 6000, reset: false, series: [], removes: ["a"] });
  host.advance(FRAME_MILLISECONDS);
  assert.deepEqual(host.timelines[2]?.series, []);
  assert.deepEqual(host.timelines[2]?.removes, ["a"]);
});
