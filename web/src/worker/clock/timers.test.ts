import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../go/random.ts";
import { Timers } from "./timers.ts";

test("timers come out earliest first, equal ones in the order they were set, cleared ones never", () => {
  const random = new SeededRandom(7);
  const bytes = new Uint8Array(3);
  const timers = new Timers();
  const expected = new Map<number, number>();
  for (let round = 0; round < 5000; round++) {
    random.fill(bytes);
    const [action, low] = [bytes[0] ?? 0, bytes[1] ?? 0];
    if (action < 150) {
      const due = low % 50;
      expected.set(timers.set(due), due);
    } else {
      const ids = [...expected.keys()];
      const id = ids[low % Math.max(1, ids.length)];
      const next = timers.next();
      const earliest = [...expected].sort((a, b) => a[1] - b[1] || a[0] - b[0])[0];
      assert.deepEqual(next && [next.id, next.due], earliest, `round ${round}`);
      const victim = action < 200 ? next?.id : id;
      if (victim !== undefined) {
        timers.clear(victim);
        expected.delete(victim);
      }
    }
    assert.equal(timers.size, expected.size);
  }
});

test("clearing what is not set changes nothing", () => {
  const timers = new Timers();
  timers.clear(1);
  const id = timers.set(5);
  timers.clear(id + 1);
  assert.equal(timers.next()?.id, id);
  timers.clear(id);
  timers.clear(id);
  assert.equal(timers.next(), undefined);
});

test("timers that are captured fire in the same order where they are restored, and go on with the same numbers", () => {
  const before = new Timers();
  const first = before.set(20);
  before.set(10);
  const cleared = before.set(5);
  before.clear(cleared);
  before.set(20);
  const after = new Timers();
  after.restore(JSON.parse(JSON.stringify(before.capture())));
  assert.equal(after.size, 3);
  const fired: number[][] = [];
  for (let next = after.next(); next !== undefined; next = after.next()) {
    fired.push([next.due, next.id]);
    after.clear(next.id);
  }
  assert.deepEqual(fired, [
    [10, 2],
    [20, first],
    [20, 4],
  ]);
  assert.equal(after.set(30), before.set(30));
});

test("a timer that is not Go's cannot be captured", () => {
  const timers = new Timers();
  timers.set(10, () => undefined);
  assert.throws(() => timers.capture(), /not Go's/);
});
