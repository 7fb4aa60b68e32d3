import { gunzipSync } from "fflate";
import type { FileSource, MissingPart } from "../../protocol/exchange.ts";
import { isPacked, MOST_LAYERS, unpacked } from "../../protocol/packed.ts";
import { fetchFile } from "../../protocol/sitefile.ts";
import type { Surroundings } from "../surroundings.ts";
import { readAtOnce } from "./files.ts";
import { isWasm, type LoadedModule } from "./module.ts";
import { ForeignPartError, verifyBuild, verifyBytes } from "./part.ts";

export interface DeferredOptions {
  readonly source: FileSource;
  readonly fetch: Surroundings<never>["fetch"];
  readonly loaded: LoadedModule;
  /** The exports of the primary module. */
  readonly imports: WebAssembly.Imports;
  /** Go has been entered from JavaScript that Go itself called. */
  nested(): boolean;
  /** Go is suspended from now on: time must stand. */
  suspend(): void;
  /** All functions are there: `loop` goes on with the call that could not be made. */
  goOn(loop: () => void): void;
  /** `slot` is the missing function's place in the table. */
  tell(state: MissingPart, slot: number): void;
  /** Resolves when it is time for attempt number `attempt`. */
  readonly retry?: (attempt: number, stop: AbortSignal) => Promise<void>;
}

/** Registers of Go, which the modules share. */
const GLOBALS = 8;
/** Milliseconds before the second attempt, before the third … and, the last, between all others. */
const RETRY_MILLISECONDS = [250, 500, 1000, 2000, 4000, 8000];
/** Attempts while nothing else can go on. */
const ATTEMPTS_AT_ONCE = 3;

/**
 * The part of a module with the seldom-called functions (wasm/split). It is loaded
 * when one of them is called: Go is suspended and goes on with the call when the part
 * is there, however long that takes. The page is told what Go waits for.
 */
export class DeferredPart {
  readonly #options: DeferredOptions;
  readonly #stop = new AbortController();
  #instance: WebAssembly.Instance | undefined;
  /** The place in the table of the function that was called and is missing. */
  #slot = 0;
  #prepared: Promise<WebAssembly.Module> | undefined;

  constructor(options: DeferredOptions) {
    this.#options = options;
  }

  /** Instantiates the primary module, with which this part shares memory, table and globals. */
  async instantiate(): Promise<WebAssembly.Instance> {
    const { loaded, imports } = this.#options;
    this.#instance = await WebAssembly.instantiate(loaded.module, {
      ...imports,
      tabernetes: { memory: loaded.memory, load: this.#load },
    });
    return this.#instance;
  }

  /** Fetches the part ahead of the first call, where one is certain to come. */
  prepare(): void {
    this.#prepared ??= this.#fetch(0);
    // The first call that needs the part tries again and reports the failure.
    this.#prepared.catch(() => undefined);
  }

  /** Nothing will go on any more. */
  stop(): void {
    this.#stop.abort();
  }

  /** Called by the stub of a deferred function: 1 means that the function is there, 0 suspends Go. */
  readonly #load = (slot: number): number => {
    const { nested, suspend } = this.#options;
    this.#slot = slot;
    if (nested()) {
      this.#loadAtOnce();
      return 1;
    }
    suspend();
    void this.#loadLater();
    return 0;
  };

  async #loadLater(): Promise<void> {
    const { goOn, retry = worthRetrying } = this.#options;
    const { signal } = this.#stop;
    this.#tell("fetching");
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const module = await (attempt === 0 ? (this.#prepared ?? this.#fetch(0)) : this.#fetch(attempt));
        goOn(() => {
          this.#use(module);
          this.#loop();
        });
        return;
      } catch (error) {
        if (!signal.aborted) {
          this.#tell(stateOf(error));
          await retry(attempt, signal);
        }
      }
    }
  }

  async #fetch(attempt: number): Promise<WebAssembly.Module> {
    const { source, fetch, loaded } = this.#options;
    const { url } = source;
    // The cached copy may be the damaged one.
    const fetched = await fetchFile({ fetch }, source, {
      signal: this.#stop.signal,
      ...(attempt === 0 ? {} : { cache: "reload" }),
    });
    if (!fetched.ok) {
      throw new Error(`load ${url}: HTTP status ${fetched.status}`);
    }
    const response = source.packed === true ? await unpacked(fetched) : fetched;
    const streams = isWasm(response);
    const bytes = (streams ? response.clone() : response).arrayBuffer();
    const [module] = await Promise.all([
      streams ? WebAssembly.compileStreaming(response) : bytes.then((all) => WebAssembly.compile(all)),
      bytes.then((all) => verifyBytes(all, loaded.parts.deferred, url)),
    ]);
    verifyBuild(module, loaded.parts, url);
    release(await bytes);
    return module;
  }

  /** The last resort: nothing can go on until the part is there. Its digest cannot be computed here, as that is asynchronous. */
  #loadAtOnce(): void {
    const { source, loaded } = this.#options;
    this.#tell("fetching");
    for (let attempt = 1; ; attempt++) {
      try {
        const bytes = unpackedAtOnce(readAtOnce(source.url));
        if (bytes.byteLength !== loaded.parts.deferred.bytes) {
          throw new ForeignPartError(`load ${source.url}: ${bytes.byteLength} bytes have come`);
        }
        const module = new WebAssembly.Module(bytes);
        verifyBuild(module, loaded.parts, source.url);
        this.#use(module);
        return;
      } catch (error) {
        this.#tell(stateOf(error));
        if (attempt === ATTEMPTS_AT_ONCE) {
          throw error;
        }
      }
    }
  }

  /** Puts the functions into the table. */
  #use(module: WebAssembly.Module): void {
    const { loaded, imports } = this.#options;
    const { exports } = this.#primary;
    const shared: WebAssembly.ModuleImports = { memory: loaded.memory, table: value(exports, "table") };
    for (let register = 0; register < GLOBALS; register++) {
      shared[`global.${register}`] = value(exports, `global.${register}`);
    }
    new WebAssembly.Instance(module, { ...imports, tabernetes: shared });
    this.#tell("there");
  }

  #tell(state: MissingPart): void {
    this.#options.tell(state, this.#slot);
  }

  get #primary(): WebAssembly.Instance {
    if (this.#instance === undefined) {
      throw new Error("the module has no instance yet");
    }
    return this.#instance;
  }

  readonly #loop = (): void => {
    (value(this.#primary.exports, "wasm_pc_f_loop") as () => void)();
  };
}

function value(exports: WebAssembly.Exports, name: string): WebAssembly.ExportValue {
  const found = exports[name];
  if (found === undefined) {
    throw new Error(`the module does not export ${name}: it is not one that wasm/split made`);
  }
  return found;
}

/** Frees a buffer now: a worker that runs almost only WebAssembly seldom collects its garbage. */
function release(bytes: ArrayBuffer): void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(null, [bytes]);
  port1.close();
}

function stateOf(error: unknown): MissingPart {
  if (error instanceof ForeignPartError || error instanceof WebAssembly.CompileError) {
    return "damaged";
  }
  return globalThis.navigator?.onLine === false ? "offline" : "failed";
}

function unpackedAtOnce(buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(buffer);
  for (let layer = 0; layer < MOST_LAYERS && isPacked(bytes); layer++) {
    bytes = gunzipSync(bytes);
  }
  return bytes;
}

/** Waits, longer each time, or until the browser is online again. */
function worthRetrying(attempt: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, RETRY_MILLISECONDS[attempt] ?? RETRY_MILLISECONDS.at(-1));
    globalThis.addEventListener?.("online", done);
    stop.addEventListener("abort", done);
  });
}
