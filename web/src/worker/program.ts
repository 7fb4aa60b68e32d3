import type { TimeState } from "./clustertime.ts";
import type { DeferredPart } from "./deferred.ts";
import type { GoProgram, ProgramState } from "./go.ts";
import type { ImageHeader } from "./image.ts";
import type { LoadedModule } from "./module.ts";

/** What an image has of any program beside the memory. */
export interface CapturedState {
  readonly program: ProgramState;
  readonly time: TimeState;
}

/** The module with the memory of a start that was captured. */
export interface LoadedImage<State extends CapturedState> extends LoadedModule {
  readonly image: ImageHeader<State>;
}

/** A program that has not run in this worker. */
export interface Program {
  readonly program: GoProgram;
  readonly module: WebAssembly.Module;
}

/** One that starts from its beginning. */
export interface Unstarted extends Program {
  readonly instance: WebAssembly.Instance;
}

/** One that goes on where the memory of a start was captured. */
export interface Restored<State extends CapturedState> extends Program {
  readonly state: State;
  readonly wake: () => void;
  readonly ended: Promise<void>;
}

/** Makes the part of a program's module that comes when it is needed. */
export type MakePart = (loaded: LoadedModule, program: GoProgram) => DeferredPart;

/** Makes ready to start from the beginning. */
export async function begin(loaded: LoadedModule, program: GoProgram, part: MakePart): Promise<Unstarted> {
  const deferred = part(loaded, program);
  // It calls much that nothing calls later: no profile names that.
  deferred.prepare();
  return { program, module: loaded.module, instance: await deferred.instantiate() };
}

/**
 * `given` are the values that the worker gives the program, by name. Throws when the
 * image does not fit this browser; then nothing of the program has run.
 */
export async function restore<State extends CapturedState>(
  loaded: LoadedImage<State>,
  program: GoProgram,
  part: MakePart,
  given: Readonly<Record<string, unknown>>,
): Promise<Restored<State>> {
  const { state } = loaded.image;
  const instance = await part(loaded, program).instantiate();
  const restored = program.restore(instance, loaded.memory, state.program, given);
  return { program, module: loaded.module, state, ...restored };
}
