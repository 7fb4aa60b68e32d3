import type { ClockCommand, ClockState } from "../../protocol/clock.ts";
import {
  REPORT_MILLISECONDS,
  SKIP_LIMIT_MILLISECONDS,
  SLICE_MILLISECONDS,
  STEP_LIMIT_MILLISECONDS,
  validSeconds,
} from "./clockbounds.ts";
import type { ClockHost } from "./clockhost.ts";
import { ClusterTime } from "./clustertime.ts";
import { Pace } from "./pace.ts";
import { RateMeter } from "./ratemeter.ts";

/** A step or a skip in progress. */
interface Pending {
  readonly kind: "step" | "skip";
  /** Number of the step: an abandoned step may still report. */
  readonly step: number;
  /** Elapsed time at which it ends at the latest. */
  readonly end: number;
  /** A skip also ends when the cluster is settled. */
  readonly untilSettled: boolean;
  /** The last instant at which the cluster was found not to be settled. */
  unsettledAt: number;
  /** The step has changed something, but the turn of Go that did so is not over yet. */
  stepped: boolean;
  done(state: ClockState): void;
}

/**
 * Advances the time that Go sees. Time stands still while Go runs, and moves
 * from one due timer to the next, never past one: timers fire in order, each at
 * exactly its due millisecond.
 *
 * Three ways of moving:
 * - at a rate: cluster time follows host time. When the CPU cannot keep up the
 *   clock lags, see MAXIMUM_LAG_MILLISECONDS; the effective rate says so.
 * - free, for an unlimited rate, a skip, a step and the start of the cluster:
 *   from timer to timer without waiting. Host work that is under way (`hold`)
 *   holds it, so that a write to disk takes no hour of cluster time.
 * - paused: not at all. Requests still run turns of Go, at a time that stands.
 *
 * While a program waits for a missing part of its module to be fetched (`stand`),
 * time does not move, whatever was asked.
 *
 * It knows nothing of Go, of messages or of workers.
 */
export class VirtualClock {
  readonly time: ClusterTime;
  readonly #host: ClockHost;
  readonly #meter = new RateMeter();
  readonly #pace: Pace;
  #paused = false;
  /** Between `started` false and true the clock moves freely: the page waits for the cluster. */
  #started = false;
  /** Commands that came before `started`; they run as soon as it is true, before any time passes. */
  #waiting: ((run: boolean) => void)[] = [];
  #pending: Pending | undefined;
  #steps = 0;
  #holds = 0;
  #stands = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  #pumping = false;
  #stopped = false;

  constructor(host: ClockHost, startTime: number, rate: number) {
    this.#host = host;
    this.time = new ClusterTime(startTime);
    this.#pace = new Pace(() => host.hostNow(), rate);
  }

  get state(): ClockState {
    return {
      now: this.time.now,
      rate: this.#pace.rate,
      paused: this.#paused,
      mode: this.#pending?.kind ?? "run",
      effectiveRate: this.#effectiveRate,
    };
  }

  get #effectiveRate(): number {
    if (this.#stands > 0 || (this.#paused && this.#pending === undefined)) {
      return 0;
    }
    const { rate } = this.#pace;
    const asked = this.#pending === undefined && Number.isFinite(rate) ? rate : 0;
    return this.#meter.rate(this.#host.hostNow(), this.time.elapsed) ?? asked;
  }

  /** Calls `run` once when cluster time reaches `time`, as one of Go's timers would fire. */
  setAlarm(time: number, run: () => void): number {
    const id = this.time.setAlarm(time, run);
    this.wake();
    return id;
  }

  /** The cluster runs: from now on the clock moves as it was asked to, or stands if it was asked to pause. */
  started(): void {
    if (!this.#started) {
      this.#started = true;
      this.#anchor();
      this.#changed();
    }
  }

  /** Moves freely again, whatever was asked, so that the cluster can stop. */
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

  /** The host's work in progress. */
  get holds(): number {
    return this.#holds;
  }

  /** Begins host work that a free clock must wait for. */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    this.wake();
  }

  /** Stops time, whichever way it moves. */
  stand(): void {
    this.#stands++;
    this.#changed();
  }

  /** Ends a `stand`: time goes on from where it stood. */
  goOn(): void {
    this.#stands--;
    this.#anchor();
    if (this.#pending !== undefined) {
      // What was asked at this instant may not have been answered yet.
      this.#pending.unsettledAt = -1;
    }
    this.#changed();
  }

  /**
   * Says whether kubectl is busy, a client that runs on this clock but in
   * another program. While it is, cluster time goes no faster than host time,
   * and stands where it would move freely. So a command takes as long as on a
   * real cluster, whatever the rate.
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

  /** Before a turn of Go that no timer caused: brings the time up to date, but passes no timer. */
  catchUp(): void {
    if (this.#timed && this.#stands === 0 && !this.#pumping && this.#waiting.length === 0) {
      this.time.passTo(Math.min(Math.floor(this.#pace.target()), this.time.due ?? Number.POSITIVE_INFINITY));
    }
  }

  /** After a turn of Go that no timer caused: it may have set a timer. */
  wake(): void {
    if (!this.#stopped) {
      this.#host.schedule(0);
    }
  }

  /** A component has changed a visible object while the gate was in state `step`; the gate has closed itself. */
  stepped(step: number): void {
    if (this.#pending?.kind === "step" && this.#pending.step === step) {
      this.#pending.stepped = true;
      this.wake();
    }
  }

  /** Resolves with the state reached; `step` and `skip` resolve when they end, also if another command ends them. */
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

  /** Runs the timers that are due, for one slice of host time at most, and schedules itself again. */
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

  /** Returns the host time after which to go on, or undefined when only an outside event can move the clock. */
  #run(): number | undefined {
    const begin = this.#host.hostNow();
    for (;;) {
      if (this.#stopped || this.#stands > 0) {
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
      if (this.#pending?.stepped) {
        this.#end();
        continue;
      }
      const { due } = this.time;
      if (this.#free) {
        if (!this.#moveFreely(due)) {
          return undefined;
        }
      } else if (this.#timed) {
        const target = this.#pace.target();
        if (due === undefined || due > target) {
          this.time.passTo(Math.floor(target));
          return Math.min(
            due === undefined ? REPORT_MILLISECONDS : (due - target) / this.#pace.perHost,
            REPORT_MILLISECONDS,
          );
        }
        this.#pace.dropLag(target, due);
        this.#fire();
      } else {
        return undefined;
      }
    }
  }

  /** One movement of a free clock; false when it must wait for an outside event. */
  #moveFreely(due: number | undefined): boolean {
    const pending = this.#pending;
    if (due !== undefined && due <= this.time.elapsed) {
      this.#fire();
      return true;
    }
    // The instant is over: no goroutine can run before time passes.
    if (pending?.untilSettled && !this.#held && pending.unsettledAt !== this.time.elapsed) {
      pending.unsettledAt = this.time.elapsed;
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
      this.#fire();
      return true;
    }
    if (pending === undefined) {
      return false;
    }
    if (pending.kind === "skip" && !(pending.untilSettled && due === undefined)) {
      this.time.passTo(end);
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
    this.#pace.anchor(this.time.elapsed);
  }

  #fire(): void {
    this.time.fire(() => this.#host.fire());
  }

  #begin(kind: Pending["kind"], limit: number, untilSettled: boolean): Promise<ClockState> {
    this.#finishPending();
    return new Promise((done) => {
      this.#pending = {
        kind,
        step: ++this.#steps,
        end: this.time.elapsed + limit,
        untilSettled,
        unsettledAt: -1,
        stepped: false,
        done,
      };
      if (kind === "step") {
        this.#paused = true;
      }
      this.#changed();
      this.#host.setGate(kind === "step" ? "step" : "open", this.#steps);
    });
  }

  /** Ends a step or skip that has reached what it waited for. */
  #end(): void {
    if (this.#pending === undefined) {
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    this.#anchor();
    // After a step that has changed something the gate has closed itself.
    if (this.#paused && !pending.stepped) {
      this.#host.setGate("closed", 0);
    }
    this.#changed();
    pending.done(this.state);
  }

  /** Ends a step or skip because another command came. The caller sets the gate. */
  #finishPending(): void {
    const pending = this.#pending;
    this.#pending = undefined;
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
    this.#meter.sample(now, this.time.elapsed);
    this.#host.report(this.state);
  }
}
