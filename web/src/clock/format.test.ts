import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRate, formatTime, lags } from "./format.ts";

test("rates are written short", () => {
  assert.deepEqual([0.1, 0.25, 1, 3.72, 36.6, 99.7, 1523.4].map(formatRate), [
    "0.1",
    "0.25",
    "1",
    "3.7",
    "37",
    "100",
    "1523",
  ]);
});

test("the page says that the machine lags when it is a tenth behind", () => {
  assert.equal(lags(100, 37), true);
  assert.equal(lags(100, 95), false);
  assert.equal(lags(Number.POSITIVE_INFINITY, 37), false, "without a limit there is nothing to lag behind");
  assert.equal(lags(1, 0), false, "no measurement yet");
});

test("cluster time is shown in UTC", () => {
  assert.deepEqual(formatTime(Date.UTC(2026, 2, 1, 9, 5, 7)), { date: "2026-03-01", time: "09:05:07" });
});
