import assert from "node:assert/strict";
import { test } from "node:test";
import type { TimelineDelta, TimelineMark, TimelinePoint } from "../protocol/timeline.ts";
import {
  marksNear,
  momentsOf,
  pointAt,
  pointsIn,
  rangeOf,
  revisionsOf,
  Timelines,
  ticksOf,
} from "./model.ts";

function point(time: number, total: number, revision = 1): TimelinePoint {
  const sets = [{ revision, desired: total, total, ready: total, available: total }];
  return {
    time,
    revision: time,
    desired: 3,
    floor: 2,
    ceiling: 4,
    total,
    ready: total,
    available: total,
    sets,
  };
}

function mark(time: number, source: TimelineMark["source"] = "event"): TimelineMark {
  return {
    time,
    revision: time,
    source,
    who: "",
    what: "image",
    from: "",
    to: "",
    warning: false,
    kind: "",
    name: "",
  };
}

function delta(parts: Partial<TimelineDelta>): TimelineDelta {
  return { revision: 1, time: 0, reset: false, series: [], removes: [], ...parts };
}

function series(points: TimelinePoint[], marks: TimelineMark[] = []) {
  return { uid: "a", namespace: "default", name: "web", points, marks };
}

test("deltas add up, a reset and a removal forget", () => {
  const timelines = new Timelines();
  timelines.add(delta({ reset: true, series: [series([point(1000, 1)], [mark(3000), mark(2000)])] }));
  timelines.add(delta({ series: [series([point(2000, 2)], [mark(1000)])] }));
  assert.deepEqual(
    timelines.find("a")?.points.map(({ total }) => total),
    [1, 2],
  );
  assert.deepEqual(
    timelines.find("a")?.marks.map(({ time }) => time),
    [1000, 2000, 3000],
  );
  timelines.add(delta({ removes: ["a"] }));
  assert.equal(timelines.find("a"), undefined);
  timelines.add(delta({ series: [series([point(1, 1)])] }));
  timelines.add(delta({ reset: true }));
  assert.equal(timelines.series.length, 0);
});

test("no more is kept than Go keeps", () => {
  const timelines = new Timelines();
  const many = Array.from({ length: 700 }, (_, index) => point(index, index));
  timelines.add(delta({ series: [series(many)] }));
  assert.equal(timelines.find("a")?.points.length, 600);
  assert.equal(timelines.find("a")?.points[0]?.total, 100);
});

test("the range begins at the last change, or with everything", () => {
  const one = series(
    [point(0, 3), point(100_000, 4), point(130_000, 3)],
    [mark(0, "change"), mark(100_000, "change")],
  );
  assert.deepEqual(rangeOf(one, "rollout", 120_000), { from: 97_000, to: 120_000, known: 120_000 });
  assert.equal(rangeOf(one, "rollout", 900_000).to, 134_500, "the quiet time after it is left out");
  assert.deepEqual(rangeOf(one, "all", 900_000), { from: -3000, to: 900_000, known: 900_000 });
  assert.deepEqual(
    rangeOf(series([point(0, 3)], []), "rollout", 5000),
    { from: -3000, to: 17_000, known: 5000 },
    "what has not happened is not drawn",
  );
});

test("a moment has the numbers of the point before it", () => {
  const points = [point(1000, 1), point(2000, 2)];
  assert.equal(pointAt(points, 1999)?.total, 1);
  assert.equal(pointAt(points, 2000)?.total, 2);
  assert.equal(pointAt(points, 0)?.total, 1);
  assert.deepEqual(
    pointsIn(points, { from: 1500, to: 9000, known: 9000 }).map(({ time, total }) => [time, total]),
    [
      [1500, 1],
      [2000, 2],
    ],
  );
  assert.deepEqual(
    momentsOf(series(points, [mark(2000), mark(2500)]), { from: 0, to: 2600, known: 2600 }),
    [1000, 2000, 2500],
  );
  assert.deepEqual(revisionsOf([point(1, 1, 2), point(2, 1, 1)]), [1, 2]);
});

test("a change is told among however many events around it", () => {
  const marks = [mark(1000, "change"), ...[1010, 1020, 1030, 1040].map((time) => mark(time)), mark(5000)];
  assert.deepEqual(
    marksNear(marks, 1000, 100).map(({ time }) => time),
    [1000, 1030, 1040],
  );
});

test("ticks are round and have room", () => {
  assert.deepEqual(ticksOf({ from: 1000, to: 31_000, known: 31_000 }, 300, 60), [10_000, 20_000, 30_000]);
  assert.equal(ticksOf({ from: 0, to: 7_200_000, known: 7_200_000 }, 600, 80).length, 5);
});
