import type { FileSource } from "../protocol/exchange.ts";
import type { BootOptions, WorkerMessage } from "../protocol/messages.ts";
import type { ClusterTime } from "./clustertime.ts";
import type { Frames } from "./frames.ts";
import type { GoApi, Host } from "./host.ts";
import type { CapturedState, Program } from "./program.ts";
import type { SeededRandom } from "./random.ts";

/** Points of the start at which the control plane's memory can be captured: wasm/parking and wasm/bridge/host.go. */
export type Point = "built" | "ready";

/** The nanosecond of its millisecond from which the time is read behind a point: more than a start reads it up to there. */
export const READINGS: Readonly<Record<Point, number>> = { built: 100_000, ready: 200_000 };

/** Images of the control plane, by the point at which they were captured. */
export type Images = Readonly<Record<Point, FileSource>>;

/** The randomness of a start until its cluster is ready; that of Go is startSeed in wasm/controlplane/main.go. */
export const START_SEED = 1;

/**
 * What a new cluster is made with that is like most, three nodes and the calendar of
 * every new one, until it is ready: whatever its visitor asks for beside that it is
 * told then. So all of them are the same up to there and go on alike from the same seed,
 * whether they were captured there or have come there by running.
 */
export const COMMON_OPTIONS: BootOptions = {
  cluster: "new",
  seed: START_SEED,
  startTime: null,
  rate: 1,
  paused: false,
  storage: "memory",
  instantKubelet: false,
  nodes: 3,
};

/**
 * By how many percent Go's heap grows before it is collected, while a cluster is like all
 * others. An image's memory is never smaller than that of the start it was captured from,
 * and a start that is not captured has to go the same way: a run of the collector is a
 * reading of the time.
 */
export const START_HEAP_GROWTH = 30;

/** Whether a new cluster is like most. */
export function isCommon({ nodes, instantKubelet, startTime }: BootOptions): boolean {
  const common = COMMON_OPTIONS;
  return nodes === common.nodes && instantKubelet === common.instantKubelet && startTime === common.startTime;
}

/** A control plane that stands between two turns of Go, at a point of its start. */
export interface Standing extends Program {
  readonly point: Point;
  readonly wake: () => void;
  readonly host: Host;
  readonly time: ClusterTime;
  readonly random: SeededRandom;
  readonly api: GoApi | null;
  readonly frames: Frames;
  /** Work of the host's that is under way. */
  readonly holds: number;
}

/** What an image of the control plane has beside the memory. */
export interface ControlPlaneState extends CapturedState {
  readonly point: Point;
  readonly random: readonly number[];
  /** What Go has registered to be called by; null before. */
  readonly api: Readonly<Record<string, number>> | null;
  /** What the page has been told of the cluster. */
  readonly told: readonly WorkerMessage[];
}
