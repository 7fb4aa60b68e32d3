import type { Standing } from "./parking.ts";

/** What a Go program needs of the worker that it runs in; `Message` is what it tells the page. */
export interface Surroundings<Message> {
  post(message: Message, transfer?: Transferable[]): void;
  /** Runs a classic script in the global scope. */
  loadScript(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** What the control plane needs in addition. */
export interface ControlPlaneSurroundings<Message> extends Surroundings<Message> {
  /** Monotonic host time in milliseconds. */
  now(): number;
  /** Calls `run` once after `delay` ms of host time. */
  later(delay: number, run: () => void): void;
  /** Takes the control plane at each point where it can be captured; throws if capturing fails. */
  readonly capture?: (standing: Standing) => void;
}
