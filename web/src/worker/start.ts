import type { FileSource } from "../protocol/exchange.ts";
import type { PageMessage } from "../protocol/messages.ts";
import type { GoProgram } from "./go.ts";
import type { GoApi, Host } from "./host.ts";
import { instantiate, loadImage, loadModule, type ModuleLoad } from "./module.ts";
import { type ControlPlaneState, isCommon, type Point } from "./parking.ts";
import { mayBeStored } from "./stored.ts";

/** A control plane's program that is loaded and has not run in this worker. */
export interface Loaded {
  readonly program: GoProgram;
  readonly module: WebAssembly.Module;
}

/** One that starts from its beginning. */
export interface Unstarted extends Loaded {
  readonly instance: WebAssembly.Instance;
}

/** One that goes on where the memory of a start was captured. */
export interface Restored extends Loaded {
  readonly state: ControlPlaneState;
  readonly api: GoApi | null;
  readonly wake: () => void;
  readonly ended: Promise<void>;
}

/** The furthest point that what is asked for has in common with the start that was captured. */
export async function pointFor({
  options,
  archive,
}: Pick<Extract<PageMessage, { type: "boot" }>, "options" | "archive">): Promise<Point> {
  const isNew = archive === null && (options.storage === "memory" || !(await mayBeStored(options.cluster)));
  return isNew && isCommon(options) ? "ready" : "built";
}

export async function loadUnstarted(load: ModuleLoad, program: GoProgram): Promise<Unstarted> {
  const loaded = await loadModule(load);
  return { program, module: loaded.module, instance: await instantiate(loaded, program.imports, () => 1) };
}

/** Throws when the image does not fit; then nothing of the program has run. */
export async function loadRestored(
  load: ModuleLoad,
  image: FileSource,
  program: GoProgram,
  host: Host,
): Promise<Restored> {
  const loaded = await loadImage<ControlPlaneState>(load, image);
  const { state } = loaded.image;
  const instance = await instantiate(loaded, program.imports, () => 1);
  const api = state.api === null ? null : (program.objectOf(state.api) as unknown as GoApi);
  const given = api === null ? { host } : { host, api };
  const restored = program.restore(instance, loaded.memory, state.program, given);
  return { program, module: loaded.module, state, api, ...restored };
}
