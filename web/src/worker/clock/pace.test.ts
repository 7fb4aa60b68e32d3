import assert from "node:assert/strict";
import { test } from "node:test";
import { MAXIMUM_LAG_MILLISECONDS } from "./clockbounds.ts";
import { Pace } from "./pace.ts";

test("cluster time is counted at the rate from the anchor, and at most at host time for a busy client", () => {
  let now = 1000;
  const pace = new Pace(() => now, 20);
  now += 10;
  assert.equal(pace.target(), 200);
  pace.anchor(150);
  now += 10;
  assert.equal(pace.target(), 350);
  pace.busy = true;
  assert.equal(pace.target(), 160);
  pace.rate = 0.5;
  assert.equal(pace.target(), 155);
});

test("of a lag only what is above the limit is dropped", () => {
  let now = 0;
  const pace = new Pace(() => now, 2);
  const limit = 2 * MAXIMUM_LAG_MILLISECONDS;
  now += MAXIMUM_LAG_MILLISECONDS;
  pace.dropLag(pace.target(), 0);
  assert.equal(pace.target(), limit);
  now += 50;
  pace.dropLag(pace.target(), 0);
  assert.equal(pace.target(), limit);
});
