import type { ClockState } from "../../protocol/clock.ts";

/** States of the gate between the components (controllers, scheduler, kubelet) and the API. */
export type GateState = "open" | "closed" | "step";

/** What the clock needs of its surroundings; tests pass a fake. */
export interface ClockHost {
  /** Monotonic host time in milliseconds. */
  hostNow(): number;
  /** Runs one turn of Go because a timer is due. */
  fire(): void;
  /** Asks for `pump` to be called once after `delay` ms of host time (0: after the tasks pending in the event loop). Replaces the previous request. */
  schedule(delay: number): void;
  /** Runs a turn of Go that sets the gate. In state `step`, `stepped(step)` is called when a visible object has changed. */
  setGate(state: GateState, step: number): void;
  /** Runs a turn of Go that asks whether the cluster is settled: whether nothing will move by itself any more. */
  settled(): boolean;
  /** Tells the page. */
  report(state: ClockState): void;
}
