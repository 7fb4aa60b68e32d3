import type { BootOptions } from "../protocol/messages.ts";
import type { GoProgram } from "./go/go.ts";
import type { GoApi, Host } from "./host.ts";
import { type ControlPlaneState, isCommon, type Point } from "./parking.ts";
import { type LoadedImage, type MakePart, type Restored, restore } from "./program.ts";
import { mayBeStored } from "./stored.ts";

/** A control plane that goes on from where its image was captured. */
export interface RestoredControlPlane extends Restored<ControlPlaneState> {
  readonly api: GoApi | null;
}

/** The furthest point of the captured start that a start with these options shares. */
export async function pointFor(options: BootOptions, archive: boolean): Promise<Point> {
  const isNew = !archive && (options.storage === "memory" || !(await mayBeStored(options.cluster)));
  return isNew && isCommon(options) ? "ready" : "built";
}

/** Throws when the image does not fit this browser; then nothing of the program has run. */
export async function restoreControlPlane(
  loaded: LoadedImage<ControlPlaneState>,
  program: GoProgram,
  part: MakePart,
  host: Host,
): Promise<RestoredControlPlane> {
  const { api: numbers } = loaded.image.state;
  const api = numbers === null ? null : (program.objectOf(numbers) as unknown as GoApi);
  const restored = await restore(loaded, program, part, api === null ? { host } : { host, api });
  return { ...restored, api };
}
