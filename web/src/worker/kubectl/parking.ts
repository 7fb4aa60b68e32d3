import type { TerminalMessage } from "../../protocol/kubectl.ts";
import { loadImage, type ModuleLoad } from "../module/module.ts";
import type { CapturedState, LoadedImage, Program } from "../program.ts";
import type { Surroundings } from "../surroundings.ts";
import type { FollowedClock } from "./followed.ts";
import type { Host } from "./host.ts";

/** The point of the start at which kubectl's memory can be captured: wasm/parking. */
export type Point = "built";
const BUILT: Point = "built";

/** What kubectl needs of the worker that it runs in. */
export interface KubectlSurroundings extends Surroundings<TerminalMessage> {
  /** Takes kubectl at the point where it can be captured; throws if capturing fails. */
  readonly capture?: (standing: StandingKubectl) => void;
}

/** kubectl, paused between two turns of Go at a point of its start. */
export interface StandingKubectl extends Program {
  readonly point: Point;
  readonly wake: () => void;
  readonly host: Host;
  readonly clock: FollowedClock;
}

/** What an image of kubectl holds besides the memory. */
export type KubectlState = CapturedState;

/** Resolves with the module and the captured memory, or with null where the build has no image. */
export async function loadCaptured(load: ModuleLoad): Promise<LoadedImage<KubectlState> | null> {
  const file = load.source.images?.[BUILT];
  return file === undefined ? null : loadImage<KubectlState>(load, file);
}
