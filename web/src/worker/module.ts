import type { ModuleSource } from "../protocol/exchange.ts";
import { restoreTable } from "./findfunctab.ts";

/** Told how far the loading of the module is, in bytes. `total` is absent when neither the page nor the server says. */
export type LoadProgress = (progress: {
  readonly stage: "download" | "compile";
  readonly loaded?: number;
  readonly total?: number;
}) => void;

/** What a worker gives to have its module loaded. */
export interface ModuleLoad {
  readonly fetch: (url: string) => Promise<Response>;
  readonly source: ModuleSource;
  readonly progress: LoadProgress;
}

/** A module that an instance can be made of. */
export interface LoadedModule {
  readonly module: WebAssembly.Module;
}

/** Bytes between two reports of progress. */
const PROGRESS_BYTES = 1 << 20;

/**
 * Loads and compiles a WebAssembly module. Compilation goes on while bytes arrive. Where the server does not say application/wasm the browser
 * refuses that, and the bytes are compiled when they are all there.
 *
 * The bytes are counted while they are downloaded, not when they come from the
 * browser's cache: to count them they must be copied, which takes a fifth of the
 * time of a load from the cache.
 */
export async function loadModule(load: ModuleLoad): Promise<LoadedModule> {
  const { source, progress } = load;
  progress({ stage: source.cached ? "compile" : "download" });
  const response = await load.fetch(source.url);
  if (!response.ok || response.body === null) {
    throw new Error(`load ${response.url}: HTTP status ${response.status}`);
  }
  if (response.headers.get("content-type")?.toLowerCase() === "application/wasm") {
    // The browser keeps compiled code for the next visit only for a response
    // that is the network's own, so the bytes are counted on a copy.
    const counted = source.cached ? undefined : count(response.clone(), load, () => undefined);
    const [module] = await Promise.all([WebAssembly.compileStreaming(response), counted]);
    return { module };
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await count(response, load, (chunk) => chunks.push(chunk));
  return { module: await WebAssembly.compile(await new Blob(chunks).arrayBuffer()) };
}

/** Makes an instance of a loaded module. */
export async function instantiate(
  { module }: LoadedModule,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  const instance = await WebAssembly.instantiate(module, imports);
  restoreTable(module, instance);
  return instance;
}

async function count(
  response: Response,
  { source, progress }: ModuleLoad,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const length = Number(response.headers.get("content-length"));
  // What is counted is unpacked; the length of a packed body says nothing.
  const told = length > 0 && !response.headers.has("content-encoding") ? length : undefined;
  const size = source.bytes ?? told;
  const total = size === undefined ? {} : { total: size };
  const reader = response.body?.getReader();
  let loaded = 0;
  let reported = 0;
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    take(part.value);
    loaded += part.value.length;
    if (loaded - reported >= PROGRESS_BYTES) {
      reported = loaded;
      progress({ stage: "download", loaded, ...total });
    }
  }
  progress({ stage: "compile", loaded, ...total });
}
