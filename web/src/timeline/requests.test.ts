import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrafficSecond, TrafficStats } from "../protocol/traffic.ts";
import { requestsAt, requestsIn, requestsOf, requestsTogether } from "./requests.ts";

function client(seconds: readonly TrafficSecond[]): TrafficStats {
  return {
    service: "default/web",
    perSecond: 10,
    started: 0,
    sent: 0,
    inFlight: 0,
    ok: 0,
    failed: 0,
    byResult: {},
    byVersion: {},
    byPod: {},
    seconds,
  };
}

const first = client([
  { time: 1000, byResult: { ok: 8 }, byVersion: { v1: 8 } },
  { time: 2000, byResult: { ok: 5, refused: 2, noEndpoints: 1 }, byVersion: { v1: 4, v2: 1 } },
]);

test("an answer below 400 is answered, all else failed, by version and by reason", () => {
  const [, second] = requestsOf([first]);
  assert.deepEqual(second, {
    time: 2000,
    answered: 5,
    failed: 3,
    byVersion: { v1: 4, v2: 1 },
    byReason: { refused: 2, noEndpoints: 1 },
  });
});

test("the clients of several Services add up, whatever fraction of a second they began at", () => {
  const other = client([{ time: 2300, byResult: { ok: 2, reset: 1 }, byVersion: { v2: 2 } }]);
  const seconds = requestsOf([first, other]);
  assert.deepEqual(
    seconds.map(({ time, answered, failed }) => [time, answered, failed]),
    [
      [1000, 8, 0],
      [2000, 7, 4],
    ],
  );
  assert.deepEqual(seconds[1]?.byVersion, { v1: 4, v2: 3 });
});

test("a moment belongs to its second, and a range to the seconds that it touches", () => {
  const seconds = requestsOf([first]);
  assert.equal(requestsAt(seconds, 1999)?.time, 1000);
  assert.equal(requestsAt(seconds, 3000), undefined);
  const range = { from: 1500, to: 2500, known: 2400 };
  assert.equal(requestsIn(seconds, range).length, 2);
  assert.equal(requestsIn(seconds, { ...range, from: 2000 }).length, 1);
  assert.deepEqual(requestsTogether(seconds, range), {
    time: 2400,
    answered: 13,
    failed: 3,
    byVersion: { v1: 12, v2: 1 },
    byReason: { refused: 2, noEndpoints: 1 },
  });
});
