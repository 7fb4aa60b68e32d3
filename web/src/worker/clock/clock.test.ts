import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClockState } from "../../protocol/clock.ts";
import { VirtualClock } from "./clock.ts";
import {
  MAXIMUM_LAG_MILLISECONDS,
  SKIP_LIMIT_MILLISECONDS,
  SLICE_MILLISECONDS,
  STEP_LIMIT_MILLISECONDS,
} from "./clockbounds.ts";
import type { ClockHost, GateState } from "./clockhost.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

/**
 * A host whose time moves only when the test says so, and a Go that runs the
 * callbacks of its timers: one host timer each, as the runtime sets one for the
 * earliest of its own.
 */
class FakeHost implements ClockHost {
  time = 5000;
  turnMilliseconds = 0;
  scheduled: number | undefined;
  gate: GateState | undefined;
  step = 0;
  settledAnswer = false;
  settledQuestions: number[] = [];
  reports: ClockState[] = [];
  readonly clock: VirtualClock;
  readonly #callbacks: { due: number; run: () => void }[] = [];

  constructor(rate = 1) {
    this.clock = new VirtualClock(this, START, rate);
  }

  hostNow = () => this.time;

  schedule(delay: number): void {
    this.scheduled = this.time + delay;
  }

  fire(): void {
    this.clock.catchUp(); // as every entry into Go does
    this.time += this.turnMilliseconds;
    const now = this.clock.time.now;
    for (const callback of this.#callbacks.filter(({ due }) => due <= now)) {
      this.#callbacks.splice(this.#callbacks.indexOf(callback), 1);
      callback.run();
    }
  }

  setGate(state: GateState, step: number): void {
    this.gate = state;
    this.step = step;
  }

  settled(): boolean {
    this.settledQuestions.push(this.clock.time.now - START);
    return this.settledAnswer;
  }

  report(state: ClockState): void {
    this.reports.push(state);
  }

  /** What Go code does with time.AfterFunc. */
  after(delay: number, run: () => void): number {
    this.#callbacks.push({ due: this.clock.time.now + delay, run });
    return this.clock.time.setTimer(delay);
  }

  /** Calls `run` every `period` ms for ever. */
  every(period: number, run: () => void): void {
    this.after(period, () => {
      run();
      this.every(period, run);
    });
  }

  /** Host time passes; the pump runs whenever it asked to. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    while (this.scheduled !== undefined && this.scheduled <= end) {
      this.time = Math.max(this.time, this.scheduled);
      this.scheduled = undefined;
      this.clock.pump();
    }
    this.time = Math.max(this.time, end);
  }

  elapsed(): number {
    return this.clock.time.now - START;
  }
}

function running(rate = 1): FakeHost {
  const host = new FakeHost(rate);
  host.clock.started();
  host.advance(0);
  return host;
}

test("timers fire in order, each at exactly its due time, however seldom the host wakes", () => {
  const host = running(100);
  const fired: [string, number][] = [];
  host.after(2500, () => fired.push(["c", host.elapsed()]));
  host.after(1000, () => {
    fired.push(["a", host.elapsed()]);
    host.after(10, () => fired.push(["b", host.elapsed()]));
  });
  host.after(2500, () => fired.push(["d", host.elapsed()]));
  host.clock.wake();
  host.scheduled = host.time + 60;
  host.advance(60);
  assert.deepEqual(fired, [
    ["a", 1000],
    ["b", 1010],
    ["c", 2500],
    ["d", 2500],
  ]);
  assert.equal(host.elapsed(), 6000);
});

test("cluster time follows host time at the rate, and a new rate counts from where the clock stands", async () => {
  const host = running(1);
  host.advance(1000);
  host.clock.catchUp();
  assert.equal(host.elapsed(), 1000);
  await host.clock.command({ kind: "rate", rate: 0.1 });
  host.advance(1000);
  host.clock.catchUp();
  assert.equal(host.elapsed(), 1100);
  await host.clock.command({ kind: "rate", rate: 100 });
  host.advance(1000);
  host.clock.catchUp();
  assert.equal(host.elapsed(), 101_100);
});

test("time stands still within a turn, and what a turn took is caught up with only to the limit", () => {
  const host = running(10);
  let inTurn = 0;
  host.after(100, () => {
    host.time += 5000;
    inTurn = host.elapsed();
  });
  host.every(50, () => undefined);
  host.clock.wake();
  host.advance(10);
  assert.equal(inTurn, 100, "a turn of 5 s of host time sees one moment");
  assert.ok(
    host.elapsed() <= 100 + 10 * MAXIMUM_LAG_MILLISECONDS,
    `lag of ${host.elapsed()} ms was not dropped`,
  );
  const before = host.elapsed();
  host.advance(2000);
  host.clock.catchUp();
  const passed = host.elapsed() - before;
  assert.ok(
    passed >= 20_000 && passed <= 20_000 + 10 * MAXIMUM_LAG_MILLISECONDS,
    `passed ${passed} ms in 2 s at rate 10`,
  );
});

test("a machine that is too slow makes the clock lag and the effective rate say so", () => {
  const host = running(100);
  host.turnMilliseconds = 10;
  host.every(100, () => undefined);
  host.clock.wake();
  host.advance(3000);
  const { effectiveRate, rate } = host.clock.state;
  assert.equal(rate, 100);
  assert.ok(effectiveRate > 9 && effectiveRate < 11, `effective rate ${effectiveRate}, want about 10`);
});

test("a clock without lag reports the rate asked for", () => {
  const host = running(2);
  host.every(20, () => undefined);
  host.clock.wake();
  host.advance(3000);
  assert.ok(
    Math.abs(host.clock.state.effectiveRate - 2) < 0.05,
    `effective rate ${host.clock.state.effectiveRate}`,
  );
});

test("a long sleep of the host, with a timer due early in it, does not leap", () => {
  const host = running(1);
  const fired: number[] = [];
  host.every(10_000, () => fired.push(host.elapsed()));
  host.clock.wake();
  host.advance(1);
  host.time += 3_600_000;
  host.scheduled = host.time;
  host.advance(0);
  assert.deepEqual(fired, [10_000]);
  assert.ok(host.elapsed() <= 10_000 + MAXIMUM_LAG_MILLISECONDS);
});

test("paused: no timer fires, requests see the same time, resume goes on from there", async () => {
  const host = running(1);
  let fired = 0;
  host.every(100, () => fired++);
  host.clock.wake();
  host.advance(1050);
  assert.equal(fired, 10);
  const state = await host.clock.command({ kind: "pause" });
  assert.deepEqual([state.paused, state.mode, state.effectiveRate, host.gate], [true, "run", 0, "closed"]);
  const now = host.clock.time.now;
  host.advance(60_000);
  host.clock.catchUp();
  host.clock.wake();
  host.advance(1000);
  assert.equal(fired, 10);
  assert.equal(host.clock.time.now, now);
  await host.clock.command({ kind: "resume" });
  assert.equal(host.gate, "open");
  host.advance(50);
  assert.equal(fired, 11);
});

test("skip by seconds ends exactly there, fires everything on the way and costs no host time", async () => {
  const host = running(1);
  const fired: number[] = [];
  host.every(700, () => fired.push(host.elapsed()));
  const skip = host.clock.command({ kind: "skip", seconds: 2 });
  assert.equal(host.clock.state.mode, "skip");
  host.advance(0);
  const state = await skip;
  assert.equal(state.now - START, 2000);
  assert.equal(state.mode, "run");
  assert.deepEqual(fired, [700, 1400]);
});

test("skip until settled asks once for each instant that is over and stops at the first settled one", async () => {
  const host = running(1);
  host.every(1000, () => {
    host.settledAnswer = host.elapsed() >= 5000;
  });
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.advance(0);
  assert.equal((await skip).now - START, 5000);
  assert.deepEqual(host.settledQuestions, [0, 1000, 2000, 3000, 4000, 5000]);
});

test("skip on a settled cluster passes no time", async () => {
  const host = running(1);
  host.every(1000, () => undefined);
  host.settledAnswer = true;
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.advance(0);
  assert.equal((await skip).now - START, 0);
});

test("skip until settled ends at its limit when the cluster never settles", async () => {
  const host = running(1);
  host.every(60_000, () => undefined);
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.advance(0);
  assert.equal((await skip).now - START, SKIP_LIMIT_MILLISECONDS);
});

test("skip with seconds and settled ends by whichever comes first", async () => {
  const host = running(1);
  host.every(1000, () => undefined);
  const skip = host.clock.command({ kind: "skip", seconds: 3, settled: true });
  host.advance(0);
  assert.equal((await skip).now - START, 3000);
});

test("a skip while paused opens the gate, closes it again and stays paused", async () => {
  const host = running(1);
  await host.clock.command({ kind: "pause" });
  host.every(1000, () => undefined);
  const skip = host.clock.command({ kind: "skip", seconds: 10 });
  assert.equal(host.gate, "open");
  host.advance(0);
  const state = await skip;
  assert.deepEqual([state.paused, state.now - START, host.gate], [true, 10_000, "closed"]);
});

test("a pause is honoured in the middle of a skip, after at most one slice", async () => {
  const host = running(1);
  host.turnMilliseconds = 1;
  host.every(1000, () => undefined);
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.clock.pump();
  assert.equal(host.time - 5000, SLICE_MILLISECONDS, "the pump gives the event loop its turn");
  const paused = host.clock.command({ kind: "pause" });
  assert.equal((await skip).paused, true);
  const now = (await paused).now;
  host.advance(10_000);
  assert.equal(host.clock.time.now, now);
  assert.equal(host.gate, "closed");
});

test("host work under way holds a free clock, not one at a rate", async () => {
  const host = running(1);
  let fired = 0;
  host.every(1000, () => fired++);
  host.clock.hold();
  const skip = host.clock.command({ kind: "skip", seconds: 5 });
  host.advance(100);
  assert.equal(fired, 0);
  host.clock.release();
  host.advance(0);
  await skip;
  assert.equal(fired, 5);
  host.clock.hold();
  host.advance(1100);
  assert.equal(fired, 6);
});

test("step fires timers until a visible change, then everything stands", async () => {
  const host = running(1);
  host.every(1000, () => {
    if (host.elapsed() === 3000) {
      host.clock.stepped(host.step);
    }
  });
  const step = host.clock.command({ kind: "step" });
  assert.equal(host.gate, "step");
  host.advance(0);
  const state = await step;
  assert.deepEqual([state.now - START, state.paused, state.mode], [3000, true, "run"]);
  host.advance(60_000);
  assert.equal(host.elapsed(), 3000);
});

test("a step of which a newer step has taken the place does not end the newer one", async () => {
  const host = running(1);
  host.turnMilliseconds = SLICE_MILLISECONDS;
  host.every(1000, () => undefined);
  const first = host.clock.command({ kind: "step" });
  const old = host.step;
  const second = host.clock.command({ kind: "step" });
  assert.notEqual(host.step, old);
  await first;
  host.clock.stepped(old);
  host.clock.pump();
  assert.equal(host.clock.state.mode, "step");
  host.clock.stepped(host.step);
  host.advance(0);
  assert.equal((await second).mode, "run");
});

test("a step on a settled cluster passes no time; one that changes nothing ends at its limit", async () => {
  const host = running(1);
  host.every(60_000, () => undefined);
  host.settledAnswer = true;
  const settled = host.clock.command({ kind: "step" });
  host.advance(0);
  assert.equal((await settled).now - START, 0);
  assert.equal(host.gate, "closed");
  host.settledAnswer = false;
  const restless = host.clock.command({ kind: "step" });
  host.advance(0);
  const state = await restless;
  assert.equal(state.now - START, STEP_LIMIT_MILLISECONDS);
  assert.equal(state.paused, true);
});

test("the clock is free until the cluster has started, and its time can be set before", () => {
  const host = new FakeHost(1);
  const fired: number[] = [];
  host.after(30_000, () => {
    host.clock.time.set(START + 1_000_000);
    fired.push(host.clock.time.now - START);
  });
  host.clock.wake();
  host.advance(0);
  assert.deepEqual(fired, [1_000_000]);
  assert.equal(host.clock.time.monotonic, 30_001);
  host.clock.started();
  host.advance(500);
  host.clock.catchUp();
  assert.equal(host.elapsed(), 1_000_500);
});

test("what was asked before the cluster has started happens before any time passes after it", async () => {
  const host = new FakeHost(1);
  let fired = 0;
  host.every(1000, () => {
    fired++;
    if (fired === 3) {
      host.clock.started();
      host.clock.catchUp();
    }
  });
  const pause = host.clock.command({ kind: "pause" });
  const refused = assert.rejects(host.clock.command({ kind: "rate", rate: 0 }), RangeError);
  host.clock.wake();
  host.advance(10_000);
  assert.equal((await pause).now - START, 3000);
  await refused;
  assert.equal(fired, 3);
  assert.equal(host.gate, "closed");
});

test("at an unlimited rate the clock goes from timer to timer and waits for nothing", async () => {
  const host = running(1);
  await host.clock.command({ kind: "rate", rate: Number.POSITIVE_INFINITY });
  let fired = 0;
  const again = () => {
    fired++;
    if (fired < 1000) {
      host.after(10_000, again);
    }
  };
  host.after(10_000, again);
  host.clock.wake();
  host.advance(0);
  assert.equal(fired, 1000);
  assert.equal(host.elapsed(), 10_000_000);
});

test("a cleared timer does not fire and does not move the clock", async () => {
  const host = running(1);
  const id = host.after(1000, () => assert.fail("fired"));
  host.clock.time.clearTimer(id);
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.advance(0);
  assert.equal((await skip).now - START, 0);
});

test("reports come on each change and at most about four times a host second", async () => {
  const host = running(10);
  host.every(10, () => undefined);
  host.clock.wake();
  host.reports = [];
  host.advance(10_000);
  assert.ok(host.reports.length >= 38 && host.reports.length <= 41, `${host.reports.length} reports in 10 s`);
  host.reports = [];
  await host.clock.command({ kind: "pause" });
  assert.equal(host.reports.at(-1)?.paused, true);
  host.reports = [];
  host.advance(10_000);
  assert.deepEqual(host.reports, []);
});

test("rates and lengths outside what is allowed are refused", async () => {
  const host = running(1);
  for (const rate of [0, -1, 0.01, 1000, Number.NaN]) {
    await assert.rejects(host.clock.command({ kind: "rate", rate }), RangeError);
  }
  await assert.rejects(host.clock.command({ kind: "skip", seconds: -1 }), RangeError);
  assert.equal(host.clock.state.rate, 1);
});

test("an alarm of another worker's goes off at exactly its time, in order with Go's timers", async () => {
  const host = new FakeHost();
  host.clock.started();
  const seen: string[] = [];
  host.after(1000, () => seen.push(`timer ${host.clock.time.now - START}`));
  host.clock.setAlarm(START + 700, () => seen.push(`alarm ${host.clock.time.now - START}`));
  host.clock.time.clearTimer(host.clock.setAlarm(START + 800, () => seen.push("cleared")));
  const skipped = host.clock.command({ kind: "skip", seconds: 2 });
  host.advance(50);
  assert.equal((await skipped).now, START + 2000);
  assert.deepEqual(seen, ["alarm 700", "timer 1000"]);
});

test("while kubectl works a skip waits, and goes on when it rests", async () => {
  const host = new FakeHost();
  host.clock.started();
  host.every(100, () => undefined);
  let done = false;
  host.clock.setBusy(true);
  const skipped = host.clock.command({ kind: "skip", seconds: 60 }).then((state) => {
    done = true;
    return state;
  });
  host.advance(500);
  await Promise.resolve();
  assert.equal(done, false);
  assert.equal(host.clock.time.now, START);
  host.clock.setBusy(false);
  host.advance(500);
  assert.equal((await skipped).now, START + 60_000);
});

test("while kubectl works the clock follows host time at most, whatever the rate, and neither loses nor gains", () => {
  const host = new FakeHost(64);
  host.clock.started();
  host.every(8, () => undefined);
  host.advance(10);
  assert.equal(host.clock.time.now - START, 640);
  host.clock.setBusy(true);
  host.advance(200);
  assert.equal(host.clock.time.now - START, 840);
  host.clock.setBusy(false);
  host.advance(10);
  assert.equal(host.clock.time.now - START, 1480);
});

test("a slow clock is not sped up by kubectl", () => {
  const host = new FakeHost(0.5);
  host.clock.started();
  host.clock.setBusy(true);
  host.advance(1000);
  host.clock.catchUp();
  assert.equal(host.clock.time.now - START, 500);
});

test("while a part of a program is missing time stands in every way of moving, and goes on from there", async () => {
  const host = running(1);
  let fired = 0;
  host.every(100, () => fired++);
  host.clock.wake();
  host.advance(250);
  const { now } = host.clock.time;
  host.clock.stand();
  host.clock.stand();
  host.advance(10_000);
  host.clock.catchUp();
  assert.equal(host.clock.state.effectiveRate, 0);
  let done = false;
  const skipped = host.clock.command({ kind: "skip", seconds: 60 }).then((state) => {
    done = true;
    return state;
  });
  host.advance(1000);
  host.clock.goOn();
  host.advance(1000);
  await Promise.resolve();
  assert.deepEqual([done, fired, host.clock.time.now], [false, 2, now], "the second still stands");
  host.clock.goOn();
  host.advance(0);
  assert.equal((await skipped).now, now + 60_000);
  const { now: skippedTo } = host.clock.time;
  host.advance(150);
  host.clock.catchUp();
  assert.equal(host.clock.time.now, skippedTo + 150);
});

test("whether it is settled is asked again when a part that was missing has come", async () => {
  const host = running(1);
  host.every(1000, () => undefined);
  const { settled } = host;
  host.settled = () => {
    // Go is suspended in the midst of its answer.
    host.clock.stand();
    return false;
  };
  const skip = host.clock.command({ kind: "skip", settled: true });
  host.advance(0);
  host.settled = settled;
  host.settledAnswer = true;
  host.clock.goOn();
  host.advance(0);
  assert.equal((await skip).now, START);
});
