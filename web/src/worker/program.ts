import type { TimeState } from "./clock/clustertime.ts";
import type { GoProgram, ProgramState } from "./go/go.ts";
import type { DeferredPart } from "./module/deferred.ts";
import type { ImageHeader } from "./module/image.ts";
import type { LoadedModule } from "./module/module.ts";

/** What an image holds of any program besides the memory. */
export interface CapturedState {
  readonly program: ProgramState;
  readonly time: TimeState;
}

/** The module with the memory of an image. */
export interface LoadedImage<State extends CapturedState> extends LoadedModule {
  readonly image: ImageHeader<State>;
}

/** A program that has not run in this worker. */
export interface Program {
  readonly program: GoProgram;
  readonly module: WebAssembly.Module;
}

/** A program that starts from the beginning. */
export interface Unstarted extends Program {
  readonly instance: WebAssembly.Instance;
}

/** A program that goes on from where its image was captured. */
export interface Restored<State extends CapturedState> extends Program {
  readonly state: State;
  readonly wake: () => void;
  readonly ended: Promise<void>;
}

/** Makes the deferred part of a program's module. */
export type MakePart = (loaded: LoadedModule, program: GoProgram) => DeferredPart;

/** Prepares a program to start from the beginning. */
export async function begin(loaded: LoadedModule, program: GoProgram, part: MakePart): Promise<Unstarted> {
  const deferred = part(loaded, program);
  // The start calls many functions that are never called later and so are in no
  // profile.
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
