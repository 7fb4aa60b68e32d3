/** The rate that means "as fast as this machine can". It is sent as a number: `Infinity` survives structured clone. */
export const UNLIMITED_RATE = Number.POSITIVE_INFINITY;

/**
 * Default cluster time at the start of a new cluster: a Monday morning, the same for
 * everybody, so that the same steps give the same output and an image captured when
 * the site was built is valid on any day (RATIONALE.md).
 */
export const CALENDAR_START = Date.parse("2026-12-07T09:00:00Z");

/**
 * Commands for the clock. The reply to `rate`, `pause` and `resume` comes at
 * once; to `step` when a learner-visible object has changed or nothing is left
 * to happen; to `skip` when its end is reached.
 */
export type ClockCommand =
  | { readonly kind: "rate"; readonly rate: number }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "step" }
  /** Until `seconds` of cluster time have passed, or everything is settled, whichever is given and comes first. */
  | { readonly kind: "skip"; readonly seconds?: number; readonly settled?: true };

export interface ClockState {
  /** Cluster time when the message was sent. */
  readonly now: number;
  /** The rate asked for; {@link UNLIMITED_RATE} for no limit. */
  readonly rate: number;
  readonly paused: boolean;
  readonly mode: "run" | "step" | "skip";
  /** Cluster seconds per host second over about the last second: below `rate` when the CPU cannot keep up. */
  readonly effectiveRate: number;
}
