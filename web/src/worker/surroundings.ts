import type { Standing } from "./parking.ts";

/** What a Go program needs of the worker that it runs in; `Message` is what it tells the page. */
export interface Surroundings<Message> {
  post(message: Message, transfer?: Transferable[]): void;
  /** Runs a classic script in the global scope. */
  loadScript(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** What the control plane needs beyond that. */
export interface ControlPlaneSurroundings<Message> extends Surroundings<Message> {
  /** Host time in milliseconds that never goes back. */
  now(): number;
  /** Calls `run` once after `delay` ms of host time. */
  later(delay: number, run: () => void): void;
  /** Is handed the control plane at each point at which it can be captured; throws when it cannot. */
  readonly capture?: (standing: Standing) => void;
}
