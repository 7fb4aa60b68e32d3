import type { BootOptions, Prepare, WorkerMessage } from "../protocol/messages.ts";
import {
  type LoadedModule,
  type LoadProgress,
  loadImage,
  loadModule,
  type ModuleLoad,
} from "./module/module.ts";
import { isHeld } from "./ownership.ts";
import type { ControlPlaneState, Point } from "./parking.ts";
import type { LoadedImage } from "./program.ts";
import { pointFor } from "./start.ts";
import type { ControlPlaneSurroundings } from "./surroundings.ts";

type Sources = Pick<Prepare, "wasm" | "wasmExec">;

/** How often, and how many milliseconds apart, to check whether another tab has released the cluster. */
const LOOKS = 10;
const LOOK = 20;

/** The point from which a control plane starts. */
export interface Beginning {
  readonly point: Point;
  /** The image captured at that point; null for none. */
  readonly image: LoadedImage<ControlPlaneState> | null;
  /** Why there is no image, although the build has one. */
  readonly error?: unknown;
}

/**
 * What a control plane needs before Go can run: the module, its memory, and the
 * script that runs it. A worker that was told to prepare loads them while the page's
 * own script is still on its way; any other begins when it boots.
 */
export class Preparation {
  /** Host time of the worker in milliseconds. */
  readonly begun: number;
  readonly #sources: Sources;
  readonly #surroundings: ControlPlaneSurroundings<WorkerMessage>;
  #beginning: { readonly point: Point; readonly loading: Promise<Beginning> } | undefined;
  #module: Promise<LoadedModule> | undefined;
  #hasRuntime = false;
  #listener: LoadProgress | undefined;
  #progress: Parameters<LoadProgress>[0] | undefined;

  constructor({ wasm, wasmExec }: Sources, surroundings: ControlPlaneSurroundings<WorkerMessage>) {
    this.begun = surroundings.now();
    this.#sources = { wasm, wasmExec };
    this.#surroundings = surroundings;
  }

  /**
   * Begins before there is a `boot`. Nothing is loaded for a cluster that another tab
   * has: this page will most likely be told so and run nothing. That tab may be
   * closing, such as the same page before a reload, so this waits a moment for it.
   */
  async begin(options: BootOptions, archive: boolean): Promise<void> {
    const isShared = options.storage === "indexeddb" && !archive;
    for (let looks = LOOKS; isShared && (await isHeld(options.cluster)); looks--) {
      if (looks === 0) {
        return;
      }
      await new Promise<void>((resolve) => this.#surroundings.later(LOOK, resolve));
    }
    if (this.#listener !== undefined) {
      return; // It boots by now, and has looked for itself.
    }
    this.#begin(await pointFor(options, archive));
    try {
      this.loadRuntime();
    } catch {
      // The boot tries again and reports the failure.
    }
  }

  /** Whether this preparation is for these sources. */
  isOf({ wasm, wasmExec }: Sources): boolean {
    return this.#sources.wasm.url === wasm.url && this.#sources.wasmExec === wasmExec;
  }

  /**
   * Resolves with the furthest point from which these options can start. From now on
   * the listener is told the progress of loading, beginning with what is already
   * loaded.
   */
  async beginning(options: BootOptions, archive: boolean, listener: LoadProgress): Promise<Beginning> {
    this.#listen(listener);
    return this.#begin(await pointFor(options, archive));
  }

  /** Resolves with the module and its initial memory. */
  module(listener: LoadProgress): Promise<LoadedModule> {
    this.#listen(listener);
    return this.#loadModule();
  }

  /** Runs the script that runs Go programs, once. */
  loadRuntime(): void {
    if (!this.#hasRuntime) {
      this.#surroundings.loadScript(this.#sources.wasmExec);
      this.#hasRuntime = true;
    }
  }

  #listen(listener: LoadProgress): void {
    this.#listener = listener;
    if (this.#progress !== undefined) {
      listener(this.#progress);
    }
  }

  #begin(point: Point): Promise<Beginning> {
    if (this.#beginning?.point !== point) {
      this.#beginning = { point, loading: this.#load(point) };
    }
    return this.#beginning.loading;
  }

  async #load(point: Point): Promise<Beginning> {
    const file = this.#sources.wasm.images?.[point];
    if (file === undefined) {
      void this.#loadModule();
      return { point, image: null };
    }
    try {
      return { point, image: await loadImage<ControlPlaneState>(this.#moduleLoad, file) };
    } catch (error) {
      return { point, image: null, error };
    }
  }

  #loadModule(): Promise<LoadedModule> {
    if (this.#module === undefined) {
      this.#module = loadModule(this.#moduleLoad);
      // The boot is told of a failure; until it asks, the rejection must not count as
      // unhandled.
      this.#module.catch(() => undefined);
    }
    return this.#module;
  }

  get #moduleLoad(): ModuleLoad {
    return {
      fetch: (url, init) => this.#surroundings.fetch(url, init),
      source: this.#sources.wasm,
      progress: (progress) => {
        this.#progress = progress;
        this.#listener?.(progress);
      },
    };
  }
}
