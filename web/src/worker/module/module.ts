import type { FileSource, ModuleSource } from "../../protocol/exchange.ts";
import { isDeclared, unpacked } from "../../protocol/packed.ts";
import { fetchFile } from "../../protocol/sitefile.ts";
import type { Surroundings } from "../surroundings.ts";
import { restoreFunctions } from "./functions.ts";
import { type ImageHeader, piecesOf, readImage } from "./image.ts";
import { deleteKept, keptPieces, openKept } from "./keptimage.ts";
import { ForeignPartError, type Parts, partsOf, verifyBuild, verifyBytes } from "./part.ts";

/** Reports how much of the module has been loaded, in bytes. `total` is absent when neither the page nor the server knows it. */
export type LoadProgress = (progress: {
  readonly stage: "download" | "compile";
  readonly loaded?: number;
  readonly total?: number;
}) => void;

/** What loading a module needs of the worker. */
export interface ModuleLoad {
  readonly fetch: Surroundings<never>["fetch"];
  readonly source: ModuleSource;
  readonly progress: LoadProgress;
}

/** A module and the initial memory for an instance of it. */
export interface LoadedModule {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly parts: Parts;
}

/** Bytes between two progress reports. */
const PROGRESS_BYTES = 1 << 20;

/**
 * Loads a WebAssembly module and fills its memory. The module is compiled while its
 * bytes arrive, and the memory's initial content is fetched in parallel. Browsers
 * refuse to compile a stream that the server does not call application/wasm; such a
 * module is compiled when all its bytes are there.
 *
 * The bytes of the memory's content are counted while they are downloaded, those of the
 * module when all are there: counting what the compiler is given would mean copying it.
 * A module from the browser's cache is not counted.
 */
export async function loadModule(load: ModuleLoad): Promise<LoadedModule> {
  const counter = new Counter(load);
  load.progress({ stage: load.source.cached ? "compile" : "download" });
  const [module, data] = await Promise.all([
    compile(load, counter),
    fetchBytes(load, counter, load.source.data),
  ]);
  counter.done();
  const parts = partsOf(module);
  const memory = new WebAssembly.Memory({ initial: parts.pages });
  await fill(memory, parts, data, load.source.data.url);
  restoreFunctions(module, memory);
  return { module, memory, parts };
}

/** Like loadModule, with the memory of an image. Throws if the image is not of this module's build. */
export async function loadImage<State>(
  load: ModuleLoad,
  file: FileSource,
): Promise<LoadedModule & { readonly image: ImageHeader<State> }> {
  const counter = new Counter(load, file);
  load.progress({ stage: load.source.cached ? "compile" : "download" });
  const [module, read] = await Promise.all([compile(load, counter), fetchImage<State>(load, counter, file)]);
  counter.done();
  const parts = partsOf(module);
  if (read.image.build !== parts.build) {
    throw new ForeignPartError(`load ${file.url}: it is of another build`);
  }
  restoreFunctions(module, read.memory);
  return { module, parts, ...read };
}

interface ImageMemory<State> {
  readonly memory: WebAssembly.Memory;
  readonly image: ImageHeader<State>;
}

async function fetchImage<State>(
  { fetch, source }: ModuleLoad,
  counter: Counter,
  file: FileSource,
): Promise<ImageMemory<State>> {
  const kept = file.kept === true ? await openKept(file.url).catch(() => null) : null;
  if (kept !== null) {
    try {
      return await fillFrom<State>(keptPieces(kept), file.url);
    } catch {
      // It is damaged: the site has it too.
      await deleteKept(file.url).catch(() => undefined);
    }
  }
  const response = await request(fetch, file);
  const took = source.cached ? undefined : counter.begin(response, file);
  return await fillFrom<State>(piecesOf(bodyOf(response)), file.url, took);
}

/** Makes a memory from the chunks of an image. */
async function fillFrom<State>(
  pieces: AsyncIterable<Uint8Array>,
  url: string,
  took?: (bytes: number) => void,
): Promise<ImageMemory<State>> {
  let memory: WebAssembly.Memory | undefined;
  const begin = ({ pages }: ImageHeader<State>) => {
    memory = new WebAssembly.Memory({ initial: pages });
    return memory;
  };
  const image = await readImage<State>(pieces, begin, took);
  if (memory === undefined) {
    throw new Error(`load ${url}: it has no memory`);
  }
  return { memory, image };
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (body === null) {
    throw new Error("the response has no body");
  }
  return body;
}

/** Writes the initial content into a memory: the data segments of a module that has nothing else. */
async function fill(
  memory: WebAssembly.Memory,
  parts: Parts,
  bytes: ArrayBuffer,
  url: string,
): Promise<void> {
  const [module] = await Promise.all([WebAssembly.compile(bytes), verifyBytes(bytes, parts.data, url)]);
  verifyBuild(module, parts, url);
  await WebAssembly.instantiate(module, { tabernetes: { memory } });
}

async function compile(load: ModuleLoad, counter: Counter): Promise<WebAssembly.Module> {
  const { fetch, source } = load;
  const response = await fetchFile({ fetch }, source);
  verifyStatus(response, source);
  if (source.packed !== true) {
    return await compileResponse(load, counter, response);
  }
  if (!isDeclared(response)) {
    return await compileResponse(load, counter, await unpacked(response));
  }
  try {
    return await compileResponse(load, counter, response);
  } catch {
    // The host has packed it a second time.
    return await compileResponse(load, counter, await request(fetch, source));
  }
}

async function compileResponse(
  { source }: ModuleLoad,
  counter: Counter,
  response: Response,
): Promise<WebAssembly.Module> {
  if (!isWasm(response)) {
    return await WebAssembly.compile(await counter.bytes(response, source));
  }
  // The browser keeps compiled code for the next visit only if it is given
  // the network's response itself.
  const module = await WebAssembly.compileStreaming(response);
  if (!source.cached) {
    counter.whole(response, source);
  }
  return module;
}

async function fetchBytes(
  { fetch, source }: ModuleLoad,
  counter: Counter,
  file: FileSource,
): Promise<ArrayBuffer> {
  const response = await request(fetch, file);
  return source.cached ? response.arrayBuffer() : counter.bytes(response, file);
}

async function request(fetch: ModuleLoad["fetch"], file: FileSource): Promise<Response> {
  const response = await fetchFile({ fetch }, file);
  verifyStatus(response, file);
  return file.packed === true ? await unpacked(response) : response;
}

function verifyStatus({ ok, body, status }: Response, { url }: FileSource): void {
  if (!ok || body === null) {
    throw new Error(`load ${url}: HTTP status ${status}`);
  }
}

/** Whether a browser compiles the module while it arrives. */
export function isWasm(response: Response): boolean {
  return response.headers.get("content-type")?.toLowerCase() === "application/wasm";
}

/** Counts the bytes of a module's files that have arrived. */
class Counter {
  readonly #progress: LoadProgress;
  /** The sizes of the files that are being loaded; undefined where unknown. */
  readonly #sizes = new Map<FileSource, number | undefined>();
  readonly #cached: boolean;
  #loaded = 0;
  #reported = 0;

  constructor({ source, progress }: ModuleLoad, memory: FileSource = source.data) {
    this.#progress = progress;
    this.#cached = source.cached;
    this.#sizes.set(source, source.bytes);
    this.#sizes.set(memory, memory.bytes);
  }

  /** All files are there. */
  done(): void {
    if (!this.#cached || this.#loaded > 0) {
      this.#progress({ stage: "compile", loaded: this.#loaded, ...this.#total });
    }
  }

  /** Reads a body and counts its bytes. */
  async bytes(response: Response, file: FileSource): Promise<ArrayBuffer> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const took = this.begin(response, file);
    const reader = bodyOf(response).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      took(part.value.length);
    }
    return new Blob(chunks).arrayBuffer();
  }

  /** A file starts to arrive; returns the function to call with the number of bytes that arrive. */
  begin(response: Response, file: FileSource): (bytes: number) => void {
    this.#sizes.set(file, sizeOf(response, file));
    return (bytes) => this.#add(bytes);
  }

  /** A whole file has arrived without being seen here; it is counted if its size is known. */
  whole(response: Response, file: FileSource): void {
    this.begin(response, file)(sizeOf(response, file) ?? 0);
  }

  #add(bytes: number): void {
    this.#loaded += bytes;
    if (this.#loaded - this.#reported >= PROGRESS_BYTES) {
      this.#reported = this.#loaded;
      this.#progress({ stage: "download", loaded: this.#loaded, ...this.#total });
    }
  }

  get #total(): { total?: number } {
    let total = 0;
    for (const size of this.#sizes.values()) {
      if (size === undefined) {
        return {};
      }
      total += size;
    }
    return { total };
  }
}

/** The size of a file once it is decompressed; undefined where unknown. */
function sizeOf(response: Response, { bytes }: FileSource): number | undefined {
  const length = Number(response.headers.get("content-length"));
  // The length of a compressed body does not tell it.
  const told = length > 0 && !response.headers.has("content-encoding") ? length : undefined;
  return bytes ?? told;
}
