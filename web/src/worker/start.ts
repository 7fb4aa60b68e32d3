import type { BootOptions } from "../protocol/messages.ts";
import type { DeferredPart } from "./deferred.ts";
import type { GoProgram } from "./go.ts";
import type { GoApi, Host } from "./host.ts";
import type { ImageHeader } from "./image.ts";
import type { LoadedModule } from "./module.ts";
import { type ControlPlaneState, isCommon, type Point } from "./parking.ts";
import { mayBeStored } from "./stored.ts";

/** The module with the memory of a start that was captured. */
export interface LoadedImage extends LoadedModule {
  readonly image: ImageHeader<ControlPlaneState>;
}

/** A control plane's program that has not run in this worker. */
export interface Program {
  readonly program: GoProgram;
  readonly module: WebAssembly.Module;
}

/** One that starts from its beginning. */
export interface Unstarted extends Program {
  readonly instance: WebAssembly.Instance;
}

/** One that goes on where the memory of a start was captured. */
export interface Restored extends Program {
  readonly state: ControlPlaneState;
  readonly api: GoApi | null;
  readonly wake: () => void;
  readonly ended: Promise<void>;
}

/** The furthest point that what is asked for has in common with the start that was captured. */
export async function pointFor(options: BootOptions, archive: boolean): Promise<Point> {
  const isNew = !archive && (options.storage === "memory" || !(await mayBeStored(options.cluster)));
  return isNew && isCommon(options) ? "ready" : "built";
}

/** Makes the part of a program's module that comes when it is needed. */
type MakePart = (loaded: LoadedModule, program: GoProgram) => DeferredPart;

export async function begin(loaded: LoadedModule, program: GoProgram, part: MakePart): Promise<Unstarted> {
  const instance = await part(loaded, program).instantiate();
  return { program, module: loaded.module, instance };
}

/** Throws when the image does not fit this browser; then nothing of the program has run. */
export async function restore(
  loaded: LoadedImage,
  program: GoProgram,
  part: MakePart,
  host: Host,
): Promise<Restored> {
  const { state } = loaded.image;
  const { instance } = await begin(loaded, program, part);
  const api = state.api === null ? null : (program.objectOf(state.api) as unknown as GoApi);
  const given = api === null ? { host } : { host, api };
  const restored = program.restore(instance, loaded.memory, state.program, given);
  return { program, module: loaded.module, state, api, ...restored };
}
