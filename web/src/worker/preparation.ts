import type { BootOptions, PageMessage, WorkerMessage } from "../protocol/messages.ts";
import { type LoadedModule, type LoadProgress, loadModule } from "./module.ts";
import { isHeld } from "./ownership.ts";
import type { Surroundings } from "./surroundings.ts";

type Sources = Pick<Extract<PageMessage, { type: "boot" }>, "wasm" | "wasmExec">;

/**
 * What a control plane needs before Go can run: the module, and the script that runs
 * it. A worker that was told to prepare loads them while the page's own script is
 * still on its way; any other begins when it boots.
 */
export class Preparation {
  /** Host time of the worker in milliseconds. */
  readonly begun = performance.now();
  readonly #sources: Sources;
  readonly #surroundings: Surroundings<WorkerMessage>;
  #module: Promise<LoadedModule> | undefined;
  #hasRuntime = false;
  #listener: LoadProgress | undefined;
  #progress: Parameters<LoadProgress>[0] | undefined;

  constructor({ wasm, wasmExec }: Sources, surroundings: Surroundings<WorkerMessage>) {
    this.#sources = { wasm, wasmExec };
    this.#surroundings = surroundings;
  }

  /**
   * Begins before there is a `boot`. Nothing is loaded for a cluster that another tab
   * has: its page will most likely be told so and run nothing. Where that tab is
   * about to go, as the same page before a reload, the load begins with the boot.
   */
  async begin({ storage, cluster }: BootOptions, archive: boolean): Promise<void> {
    if (archive || storage === "memory" || !(await isHeld(cluster))) {
      this.#load();
      try {
        this.loadRuntime();
      } catch {
        // The boot tries again, and tells.
      }
    }
  }

  /** Whether this is what a control plane is to run. */
  isOf({ wasm, wasmExec }: Sources): boolean {
    return this.#sources.wasm.url === wasm.url && this.#sources.wasmExec === wasmExec;
  }

  /** Resolves with the module. From now on the listener is told how far that is, beginning with how far it is already. */
  module(listener: LoadProgress): Promise<LoadedModule> {
    this.#listener = listener;
    if (this.#progress !== undefined) {
      listener(this.#progress);
    }
    return this.#load();
  }

  /** Runs the script that runs Go programs, once. */
  loadRuntime(): void {
    if (!this.#hasRuntime) {
      this.#surroundings.loadScript(this.#sources.wasmExec);
      this.#hasRuntime = true;
    }
  }

  #load(): Promise<LoadedModule> {
    if (this.#module === undefined) {
      this.#module = loadModule({
        fetch: (url) => this.#surroundings.fetch(url),
        source: this.#sources.wasm,
        progress: (progress) => {
          this.#progress = progress;
          this.#listener?.(progress);
        },
      });
      // Who boots is told; a failure that nobody has asked for yet is no error of its own.
      this.#module.catch(() => undefined);
    }
    return this.#module;
  }
}
