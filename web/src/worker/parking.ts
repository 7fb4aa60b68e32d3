import type { FileSource } from "../protocol/exchange.ts";
import type { BootOptions, WorkerMessage } from "../protocol/messages.ts";
import type { ClusterTime } from "./clock/clustertime.ts";
import type { Frames } from "./frames.ts";
import type { SeededRandom } from "./go/random.ts";
import type { GoApi, Host } from "./host.ts";
import type { CapturedState, Program } from "./program.ts";

/** Points of the start at which the control plane's memory can be captured: wasm/parking and wasm/bridge/host.go. */
export type Point = "built" | "ready";

/** The nanosecond within the millisecond from which readings of the time go on after a point: larger than the number of readings that a start makes before it. */
export const READINGS: Readonly<Record<Point, number>> = { built: 100_000, ready: 200_000 };

/** Images of the control plane, by the point at which they were captured. */
export type Images = Readonly<Record<Point, FileSource>>;

/** The random seed of a start until its cluster is ready; Go's own is startSeed in wasm/controlplane/main.go. */
export const START_SEED = 1;

/**
 * The options with which a common new cluster (three nodes, the default start time)
 * starts until it is ready; only then is it told what else its visitor asked for. So all
 * common clusters are identical up to that point and go on alike from the same seed,
 * whether they were restored there or got there by running.
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
  machines: "",
};

/**
 * Percentage by which Go's heap grows before a collection (GOGC) during a common start.
 * An image's memory is never smaller than that of the start it was captured from, and a
 * start without an image has to take the same course: each run of the collector reads the
 * time.
 */
export const START_HEAP_GROWTH = 30;

/** Whether a new cluster has the common options. */
export function isCommon({ nodes, machines, instantKubelet, startTime }: BootOptions): boolean {
  const common = COMMON_OPTIONS;
  return (
    nodes === common.nodes &&
    machines === common.machines &&
    instantKubelet === common.instantKubelet &&
    startTime === common.startTime
  );
}

/** A control plane that is paused between two turns of Go, at a point of its start. */
export interface Standing extends Program {
  readonly point: Point;
  readonly wake: () => void;
  readonly host: Host;
  readonly time: ClusterTime;
  readonly random: SeededRandom;
  readonly api: GoApi | null;
  readonly frames: Frames;
  /** Number of host operations in progress. */
  readonly holds: number;
}

/** What an image of the control plane holds besides the memory. */
export interface ControlPlaneState extends CapturedState {
  readonly point: Point;
  readonly random: readonly number[];
  /** Go's numbers for the functions that it has registered; null before it has. */
  readonly api: Readonly<Record<string, number>> | null;
  /** What the page has been told about the cluster. */
  readonly told: readonly WorkerMessage[];
}
