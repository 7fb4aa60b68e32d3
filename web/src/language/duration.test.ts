import assert from "node:assert/strict";
import { test } from "node:test";
import { shortDuration } from "./duration.ts";

test("ages read as in kubectl", () => {
  // The cases of upstream's own table, k8s.io/apimachinery/pkg/util/duration.
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  for (const [milliseconds, want] of [
    [-1000, "0s"],
    [second, "1s"],
    [70 * second, "70s"],
    [190 * second, "3m10s"],
    [70 * minute, "70m"],
    [47 * hour, "47h"],
    [49 * hour, "2d1h"],
    [8 * day + 2 * hour, "8d"],
    [367 * day, "367d"],
    [365 * 2 * day + 25 * hour, "2y1d"],
    [365 * 8 * day + 2 * hour, "8y"],
    [5 * minute, "5m"],
    [3 * hour + 20 * minute, "3h20m"],
  ] as const) {
    assert.equal(shortDuration(milliseconds), want, `${milliseconds} ms`);
  }
});
