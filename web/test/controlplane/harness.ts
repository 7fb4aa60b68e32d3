import path from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { Client, type WorkerPort } from "../../src/client/client.ts";
import type { ClockState } from "../../src/protocol/clock.ts";
import type { ModuleSource } from "../../src/protocol/exchange.ts";
import type { BootOptions, PageMessage, WorkerMessage } from "../../src/protocol/messages.ts";
import type { Frame } from "../../src/protocol/topology.ts";

declare const DIST: string;
declare const CACHE: string;

/** Gives a worker thread the few globals of a browser's worker that the worker script uses or that go-indexeddb looks up, and takes away Node's own that wasm_exec.js would find. */
const SHIM = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { createReadStream, readFileSync } = require("node:fs");
  const { Readable } = require("node:stream");
  const vm = require("node:vm");
  const run = (file) => vm.runInThisContext(readFileSync(file, "utf8"), { filename: String(file) });
  globalThis.process = undefined;
  globalThis.importScripts = (url) => run(new URL(url));
  globalThis.fetch = async (url) =>
    new Response(Readable.toWeb(createReadStream(new URL(url))), { headers: { "content-type": "application/wasm" } });
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  for (const name of ["Request", "Index", "ObjectStore", "KeyRange"]) {
    globalThis["IDB" + name] = class {};
  }
  globalThis.IDBTransaction = class { commit() {} };
  parentPort.on("message", (data) => globalThis.onmessage({ data }));
  run(workerData);
`;

class ThreadPort implements WorkerPort {
  readonly #worker = new Worker(SHIM, { eval: true, workerData: path.join(CACHE, "worker.js") });

  postMessage(message: PageMessage): void {
    this.#worker.postMessage(message);
  }

  addEventListener(type: "message" | "error", listener: (event: never) => void): void {
    const call = listener as (event: { data?: WorkerMessage; message?: string }) => void;
    if (type === "message") {
      this.#worker.on("message", (data: WorkerMessage) => call({ data }));
    } else {
      this.#worker.on("error", (error) => call({ message: String(error) }));
    }
  }

  terminate(): void {
    void this.#worker.terminate();
  }
}

const built = (file: string) => pathToFileURL(path.join(DIST, file)).href;

export const START = Date.parse("2026-01-01T00:00:00Z");

/** The captured memories of the build. */
export const IMAGES = {
  built: { url: built("controlplane.built.image") },
  ready: { url: built("controlplane.ready.image") },
};

export const DEFAULTS: BootOptions = {
  cluster: "test",
  seed: 1,
  startTime: START,
  rate: 1,
  paused: false,
  storage: "memory",
  instantKubelet: false,
  nodes: 3,
  machines: "",
};

/** A control plane that runs, and what it has told so far. */
export class Cluster {
  readonly client: Client;
  readonly frames: Frame[] = [];
  readonly logs: string[] = [];
  clock: ClockState | undefined;

  private constructor(boot: Partial<BootOptions>, images: NonNullable<ModuleSource["images"]>) {
    this.client = new Client({
      createWorker: () => new ThreadPort(),
      wasm: () => ({
        url: built("controlplane.wasm"),
        data: { url: built("controlplane.data.wasm") },
        deferred: { url: built("controlplane.deferred.wasm") },
        images,
        cached: false,
      }),
      wasmExec: built("wasm_exec.js"),
      boot: { ...DEFAULTS, ...boot },
    });
    this.client.on("frame", (frame) => this.frames.push(frame));
    this.client.on("log", (line) => this.logs.push(`${line.level}: ${line.message}`));
    this.client.on("clock", (clock) => {
      this.clock = clock;
    });
  }

  /** Starts a control plane that ends with the test. */
  static async start(
    context: TestContext,
    options: Partial<BootOptions> = {},
    images: NonNullable<ModuleSource["images"]> = IMAGES,
  ): Promise<Cluster> {
    const cluster = new Cluster(options, images);
    context.after(() => cluster.client.destroy());
    cluster.client.start();
    await cluster.client.ready;
    return cluster;
  }

  /** GETs an object or list. */
  async get<Kind = KubernetesList>(url: string): Promise<Kind> {
    const response = await this.client.fetch(url);
    if (!response.ok) {
      throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as Kind;
  }

  /** Applies a manifest and fails unless every object was accepted. */
  async apply(yaml: string): Promise<void> {
    const { results } = await this.client.apply(yaml);
    for (const result of results) {
      if ("error" in result) {
        throw new Error(`apply: ${result.error.message}`);
      }
    }
  }

  /** Skips until the cluster is settled, at most `seconds`. */
  async settle(seconds = 600): Promise<ClockState> {
    return this.client.command({ kind: "skip", seconds, settled: true });
  }

  /** Everything that has happened to the objects of a list since a revision. The clock must stand. */
  async history(url: string, revision: string): Promise<WatchEvent[]> {
    const watch = await this.watch(`${url}?resourceVersion=${revision}&allowWatchBookmarks=false`);
    // All of it is there already, and messages come in order: what a credit still
    // brings is here before the answer to a request that was made after it.
    for (let seen = -1; seen !== watch.events.length; ) {
      seen = watch.events.length;
      await this.get("/version");
      await this.get("/version");
    }
    await watch.close();
    return watch.events;
  }

  /** Follows the watch events of a path, from now on. */
  async watch(url: string): Promise<Watch> {
    const response = await this.client.fetch(`${url}${url.includes("?") ? "&" : "?"}watch=1`);
    if (!response.ok || response.body === null) {
      throw new Error(`watch ${url}: ${response.status}`);
    }
    return new Watch(response.body);
  }
}

export interface KubernetesObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly status: Record<string, unknown>;
}

export interface KubernetesList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: KubernetesObject[];
}

export interface WatchEvent {
  readonly type: string;
  readonly object: KubernetesObject;
}

export class Watch {
  readonly events: WatchEvent[] = [];
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
    this.ended = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) {
        return;
      }
      text += decoder.decode(value, { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      this.events.push(...lines.map((line) => JSON.parse(line) as WatchEvent));
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

export function deployment(name: string, replicas: number, image: string, more = ""): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  ${more}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: web, image: "${image}"}]
`;
}
