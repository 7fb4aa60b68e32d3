import type { ClockCommand, ClockState } from "../protocol/clock.ts";
import {
  REPORT_MILLISECONDS,
  SKIP_LIMIT_MILLISECONDS,
  SLICE_MILLISECONDS,
  STEP_LIMIT_MILLISECONDS,
  validSeconds,
} from "./clockbounds.ts";
import type { ClockHost } from "./clockhost.ts";
import { Pace } from "./pace.ts";
import { RateMeter } from "./ratemeter.ts";
import { Timers } from "./timers.ts";

interface Pending {
  readonly kind: "step" | "skip";
  /** Number of a step: one that has been given up may still report. */
  readonly step: number;
  /** Elapsed time at which it ends whatever happens. */
  readonly end: number;
  /** A skip also ends when the cluster is settled. */
  readonly untilSettled: boolean;
  done(state: ClockState): void;
}

/**
 * The clock that Go runs on. It stands still while Go runs, and moves from one
 * due timer to the next, never past one: timers fire in order, each at exactly
 * its due millisecond. Its tick is one millisecond, which is what Go's runtime
 * asks timers of its host in (runtime/lock_js.go; a timer within 1 ms before one
 * that is set already fires with that one).
 *
 * Four ways of moving:
 * - at a rate: cluster time follows host time. When the CPU cannot keep up the
 *   clock lags, see MAXIMUM_LAG_MILLISECONDS; the effective rate says so.
 * - free, for an unlimited rate, a skip, a step and the start of the cluster:
 *   from timer to timer without waiting. Host work that is under way (`hold`)
 *   holds it, so that a write to disk takes no hour of cluster time.
 * - paused: not at all. Requests still run turns of Go, at a time that stands.
 *
 * It knows nothing of Go, of messages or of workers.
 */
export class VirtualClock {
  readonly #host: ClockHost;
  readonly #timers = new Timers();
  readonly #meter = new RateMeter();
  readonly #pace: Pace;
  /** Cluster time at elapsed 0. */
  #start: number;
  /** Milliseconds of cluster time since the start of Go: an integer, never going back. */
  #elapsed = 0;
  #paused = false;
  /** Between `started` false and true the clock moves freely: the page waits for the cluster. */
  #started = false;
  /** Commands that came before `started`: they run before any time passes after it. */
  #waiting: ((run: boolean) => void)[] = [];
  #pending: Pending | undefined;
  #steps = 0;
  /** The pending step has changed something; the turn of Go that did is not over yet. */
  #stepped = false;
  #holds = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  #pumping = false;
  #stopped = false;
  /** The instant for which the cluster was last asked whether it is settled, and found not to be. */
  #unsettledAt = -1;

  constructor(host: ClockHost, startTime: number, rate: number) {
    this.#host = host;
    this.#start = Math.floor(startTime);
    this.#pace = new Pace(() => host.hostNow(), rate);
  }

  /** Cluster time, milliseconds since 1970. */
  get now(): number {
    return this.#start + this.#elapsed;
  }

  /** Milliseconds since an arbitrary moment before the start; never 0. */
  get monotonic(): number {
    return this.#elapsed + 1;
  }

  get state(): ClockState {
    return {
      now: this.now,
      rate: this.#pace.rate,
      paused: this.#paused,
      mode: this.#pending?.kind ?? "run",
      effectiveRate: this.#effectiveRate,
    };
  }

  get #effectiveRate(): number {
    if (this.#paused && this.#pending === undefined) {
      return 0;
    }
    const { rate } = this.#pace;
    const asked = this.#pending === undefined && Number.isFinite(rate) ? rate : 0;
    return this.#meter.rate(this.#host.hostNow(), this.#elapsed) ?? asked;
  }

  /** Sets a timer that is due after `delay` ms of cluster time. */
  setTimer(delay: number): number {
    return this.#timers.set(this.#elapsed + Math.max(0, delay));
  }

  clearTimer(id: number): void {
    this.#timers.clear(id);
  }

  /** Calls `run` once when cluster time has come to `time`, as a timer of Go's would fire. */
  setAlarm(time: number, run: () => void): number {
    const id = this.#timers.set(Math.max(this.#elapsed, Math.ceil(time - this.#start)), run);
    this.wake();
    return id;
  }

  /**
   * Moves cluster time to `time`: for a cluster that goes on where it stopped.
   * Only before `started`; timers and the monotonic time do not notice.
   */
  setTime(time: number): void {
    this.#start = Math.floor(time) - this.#elapsed;
  }

  /** The cluster runs: from now on the clock moves as it was asked to, and stands if that was to pause. */
  started(): void {
    if (!this.#started) {
      this.#started = true;
      this.#anchor();
      this.#changed();
    }
  }

  /** Moves freely again, whatever was asked: for a cluster that is to stop. */
  finish(): void {
    this.#started = false;
    this.wake();
  }

  /** Go is gone: nothing fires any more. Commands in flight are answered. */
  stop(): void {
    this.#stopped = true;
    for (const waiting of this.#waiting.splice(0)) {
      waiting(false);
    }
    this.#pending?.done(this.state);
    this.#pending = undefined;
  }

  /** Host work begins that a free clock must wait for. */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    this.wake();
  }

  /**
   * Says whether a client works that runs on this clock and is not of this Go
   * program: kubectl. While it does, cluster time goes no faster than host time,
   * and not at all where it would go freely. So a command takes the time that it
   * takes on a real cluster, whatever the rate.
   */
  setBusy(busy: boolean): void {
    if (busy === this.#pace.busy) {
      return;
    }
    if (this.#timed) {
      this.#pace.anchor(this.#pace.target());
    }
    this.#pace.busy = busy;
    this.wake();
  }

  /** Before a turn of Go that no timer caused: shows the time that has come, but passes no timer. */
  catchUp(): void {
    if (this.#timed && !this.#pumping && this.#waiting.length === 0) {
      this.#passTo(
        Math.min(Math.floor(this.#pace.target()), this.#timers.next()?.due ?? Number.POSITIVE_INFINITY),
      );
    }
  }

  /** After a turn of Go that no timer caused: it may have set a timer. */
  wake(): void {
    if (!this.#stopped) {
      this.#host.schedule(0);
    }
  }

  /** A component has changed a visible object in state `step` of the gate, which has closed itself. */
  stepped(step: number): void {
    if (this.#pending?.kind === "step" && this.#pending.step === step) {
      this.#stepped = true;
      this.wake();
    }
  }

  /** Resolves with the state reached; for `step` and `skip` when that is. An end by another command counts. */
  async command(command: ClockCommand): Promise<ClockState> {
    if (!this.#started) {
      return new Promise((resolve) => {
        this.#waiting.push((run) => resolve(run ? this.command(command) : this.state));
      });
    }
    this.catchUp();
    switch (command.kind) {
      case "rate":
        this.#pace.rate = command.rate;
        this.#anchor();
        break;
      case "pause":
        this.#paused = true;
        this.#finishPending();
        this.#host.setGate("closed", 0);
        break;
      case "resume":
        this.#paused = false;
        this.#anchor();
        if (this.#pending?.kind !== "skip") {
          this.#finishPending();
          this.#host.setGate("open", 0);
        }
        break;
      case "step":
        return this.#begin("step", STEP_LIMIT_MILLISECONDS, true);
      case "skip": {
        const untilSettled = command.settled === true || command.seconds === undefined;
        const limit =
          command.seconds === undefined ? SKIP_LIMIT_MILLISECONDS : validSeconds(command.seconds) * 1000;
        return this.#begin("skip", limit, untilSettled);
      }
    }
    this.#changed();
    return this.state;
  }

  /** Runs the timers that are due, at most for a slice of host time, and schedules itself again. */
  pump(): void {
    if (this.#pumping || this.#stopped) {
      return;
    }
    this.#pumping = true;
    try {
      const delay = this.#run();
      if (delay !== undefined && !this.#stopped) {
        this.#host.schedule(delay);
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** Returns the host time after which to go on, or undefined when only an event from outside can. */
  #run(): number | undefined {
    const begin = this.#host.hostNow();
    for (;;) {
      if (this.#stopped) {
        return undefined;
      }
      this.#reportIfDue();
      if (this.#host.hostNow() - begin >= SLICE_MILLISECONDS) {
        return 0;
      }
      if (this.#started && this.#waiting.length > 0) {
        for (const waiting of this.#waiting.splice(0)) {
          waiting(true);
        }
        continue;
      }
      if (this.#stepped) {
        this.#end();
        continue;
      }
      const due = this.#timers.next()?.due;
      if (this.#free) {
        if (!this.#moveFreely(due)) {
          return undefined;
        }
      } else if (this.#timed) {
        const target = this.#pace.target();
        if (due === undefined || due > target) {
          this.#passTo(Math.floor(target));
          return Math.min(
            due === undefined ? REPORT_MILLISECONDS : (due - target) / this.#pace.perHost,
            REPORT_MILLISECONDS,
          );
        }
        this.#pace.dropLag(target, due);
        this.#fire(due);
      } else {
        return undefined;
      }
    }
  }

  /** One movement of a free clock; false when it must wait for an event from outside. */
  #moveFreely(due: number | undefined): boolean {
    const pending = this.#pending;
    if (due !== undefined && due <= this.#elapsed) {
      this.#fire(due);
      return true;
    }
    // An instant is over: no goroutine can run before time passes.
    if (pending?.untilSettled && !this.#held && this.#unsettledAt !== this.#elapsed) {
      this.#unsettledAt = this.#elapsed;
      if (this.#host.settled()) {
        this.#end();
      }
      return true;
    }
    if (this.#held) {
      return false;
    }
    const end = pending?.end ?? Number.POSITIVE_INFINITY;
    if (due !== undefined && due <= end) {
      this.#fire(due);
      return true;
    }
    if (pending === undefined) {
      return false;
    }
    if (pending.kind === "skip" && !(pending.untilSettled && due === undefined)) {
      this.#passTo(end);
    }
    this.#end();
    return true;
  }

  get #free(): boolean {
    return (
      !this.#started ||
      this.#pending !== undefined ||
      (!this.#paused && this.#pace.rate === Number.POSITIVE_INFINITY)
    );
  }

  /** Follows host time. */
  get #timed(): boolean {
    return !this.#free && !this.#paused;
  }

  get #held(): boolean {
    return this.#holds > 0 || this.#pace.busy;
  }

  #anchor(): void {
    this.#pace.anchor(this.#elapsed);
  }

  #passTo(elapsed: number): void {
    if (elapsed > this.#elapsed && elapsed !== Number.POSITIVE_INFINITY) {
      this.#elapsed = elapsed;
    }
  }

  #fire(due: number): void {
    const timer = this.#timers.next();
    this.#passTo(due);
    if (timer !== undefined) {
      // Go clears the timer when it sees that it has fired, but need not.
      this.#timers.clear(timer.id);
      if (timer.run === undefined) {
        this.#host.fire();
      } else {
        timer.run();
      }
    }
  }

  #begin(kind: Pending["kind"], limit: number, untilSettled: boolean): Promise<ClockState> {
    this.#finishPending();
    return new Promise((done) => {
      this.#pending = { kind, step: ++this.#steps, end: this.#elapsed + limit, untilSettled, done };
      this.#unsettledAt = -1;
      if (kind === "step") {
        this.#paused = true;
      }
      this.#changed();
      this.#host.setGate(kind === "step" ? "step" : "open", this.#steps);
    });
  }

  /** Ends a step or skip by what it waited for. */
  #end(): void {
    if (this.#pending === undefined) {
      return;
    }
    const pending = this.#pending;
    const closed = this.#stepped; // by itself
    this.#pending = undefined;
    this.#stepped = false;
    this.#anchor();
    if (this.#paused && !closed) {
      this.#host.setGate("closed", 0);
    }
    this.#changed();
    pending.done(this.state);
  }

  /** Ends a step or skip because another command came. The caller sets the gate. */
  #finishPending(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#stepped = false;
    this.#anchor();
    pending?.done(this.state);
  }

  #changed(): void {
    this.#meter.reset();
    this.#report();
    this.wake();
  }

  #reportIfDue(): void {
    if (this.#started && this.#host.hostNow() - this.#lastReport >= REPORT_MILLISECONDS) {
      this.#report();
    }
  }

  #report(): void {
    const now = this.#host.hostNow();
    this.#lastReport = now;
    this.#meter.sample(now, this.#elapsed);
    this.#host.report(this.state);
  }
}
