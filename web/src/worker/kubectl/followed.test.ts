import assert from "node:assert/strict";
import { test } from "node:test";
import { FollowedClock } from "./followed.ts";

const BUILD = Date.parse("2026-12-07T09:00:00Z");
const VISIT = Date.parse("2027-03-04T05:06:07Z");

test("it stands between messages and never goes back", () => {
  const clock = new FollowedClock();
  clock.advance(VISIT);
  const first = clock.monotonic;
  assert.ok(first > 0);
  clock.advance(VISIT + 250);
  clock.advance(VISIT + 100);
  assert.equal(clock.now, VISIT + 250);
  assert.equal(clock.monotonic, first + 250);
});

test("timers that are due fire in their order, one at a time, and the next is the alarm", () => {
  const clock = new FollowedClock();
  clock.advance(VISIT);
  assert.equal(clock.alarm, null);
  clock.setTimer(30);
  clock.setTimer(10);
  clock.clearTimer(clock.setTimer(5));
  assert.equal(clock.alarm, VISIT + 10);
  let fired = 0;
  const fire = () => clock.fireDue(() => fired++);
  assert.equal(fire(), false);
  clock.advance(VISIT + 20);
  assert.deepEqual([fire(), fire(), fired], [true, false, 1]);
  assert.equal(clock.alarm, VISIT + 30);
});

for (const timeFirst of [true, false]) {
  const order = timeFirst ? "after the first message" : "before the first message";
  test(`what is restored ${order} goes on at the cluster's time, and as long after its start as where it was captured`, () => {
    const built = new FollowedClock();
    built.advance(BUILD);
    built.advance(BUILD + 40);
    built.setTimer(5000);
    const state = JSON.parse(JSON.stringify(built.capture()));

    const clock = new FollowedClock();
    if (timeFirst) {
      clock.advance(VISIT);
      clock.restore(state);
    } else {
      clock.restore(state);
      clock.advance(VISIT);
    }
    assert.equal(clock.now, VISIT, "no date of the build is seen");
    assert.equal(clock.monotonic, built.monotonic);
    assert.equal(clock.alarm, VISIT + 5000);
    clock.advance(VISIT + 5000);
    assert.equal(clock.monotonic, built.monotonic + 5000);
    let fired = 0;
    assert.ok(clock.fireDue(() => fired++));
    assert.deepEqual([fired, clock.alarm], [1, null]);
  });
}
