/**
 * What the messages of the page and those of kubectl's worker have in common:
 * which module a worker loads, and how requests to the Kubernetes API are made and
 * answered.
 */

/** A file of the site. */
export interface FileSource {
  /** Absolute. */
  readonly url: string;
  /** Its decompressed size; absent if the build has not told the page. */
  readonly bytes?: number;
  /** The site has it packed with gzip; a host may have unpacked it (packed.ts). */
  readonly packed?: boolean;
  /** For an image: the page has stored it uncompressed (worker/module/keptimage.ts). */
  readonly kept?: boolean;
  /** The page has its build for use without a network, and this file in it (sitefile.ts). */
  readonly stored?: boolean;
}

/** A WebAssembly module of the site, in the parts that wasm/split makes: the functions that are called, the initial memory, and all other functions. */
export interface ModuleSource extends FileSource {
  readonly data: FileSource;
  readonly deferred: FileSource;
  /** Images of the program (worker/module/image.ts), by the point at which they were captured; if the build has any. */
  readonly images?: Readonly<Record<string, FileSource>>;
  /** This browser has loaded it before, so that it will most likely come from its cache. */
  readonly cached: boolean;
}

/**
 * The state of a missing part of a module that a worker needs because it calls a
 * function in it. All but `there` and `fetching` say why the last attempt failed;
 * others follow. Cluster time stands until the part is there.
 */
export type MissingPart = "fetching" | "offline" | "failed" | "damaged" | "there";

export interface MissingMessage {
  readonly type: "missing";
  readonly state: MissingPart;
  /** The function that is called, by its place in the module's table: for `split names`. */
  readonly slot: number;
}

/** `Body` is what a request may carry. */
export type ExchangeRequest<Body> =
  /** A request to the Kubernetes API; `path` begins with `/` and carries the query. */
  | {
      readonly type: "fetch";
      readonly id: number;
      readonly method: string;
      readonly path: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Body;
    }
  /**
   * Credit for one more `chunk` of response `id`. The worker sends no chunk
   * without one; `end` and `failed` need none. Credits add up.
   */
  | { readonly type: "pull"; readonly id: number }
  /** The response is no longer wanted: end the request, send nothing more for `id`. */
  | { readonly type: "cancel"; readonly id: number };

/** `failed`, which each direction defines for itself, may come in place of any of these. */
export type ExchangeAnswer =
  /** Head of the response to `fetch`; the body follows as chunks, for credits. */
  | {
      readonly type: "response";
      readonly id: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  /** The bytes are the receiver's: transferred, or a copy. */
  | { readonly type: "chunk"; readonly id: number; readonly bytes: Uint8Array }
  /** The body is complete. */
  | { readonly type: "end"; readonly id: number };
