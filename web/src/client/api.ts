import type { AppliedObject, ApplyResult } from "../protocol/apply.ts";
import type { LessonEvents } from "../protocol/lesson.ts";
import type { Version } from "../protocol/messages.ts";
import type { Revisions } from "../protocol/storage.ts";
import type { Frame } from "../protocol/topology.ts";
import type { TrafficStats } from "../protocol/traffic.ts";
import type { Desk } from "../storage/desk.ts";
import { text, texts } from "./arguments.ts";
import type { Client } from "./client.ts";
import { Emitter } from "./emitter.ts";
import type { CommandResult } from "./kubectl/contract.ts";
import { gather } from "./kubectl/gather.ts";
import type { Kubectl } from "./kubectl/kubectl.ts";

/** The events that `on` can subscribe to, with what the listener is given. */
export interface ApiEvents extends LessonEvents {
  ready: { readonly version: Version; readonly bootMilliseconds: number; readonly restored: boolean };
  /** A change of what the diagram shows. */
  change: Frame;
  error: Error;
}

/** `apply` with at least one rejected object; the message is upstream's. */
export class ApplyRejection extends Error {
  override readonly name = "ApplyRejection";
  /** The results of all objects, including the accepted ones, which are in the cluster. */
  readonly results: readonly ApplyResult[];

  constructor(results: readonly ApplyResult[]) {
    super(results.flatMap((result) => ("error" in result ? [result.error.message] : [])).join("\n"));
    this.results = results;
  }
}

export interface ClockApi {
  /** Cluster time as the worker last told it: at most about a quarter of a host second old. */
  now(): Date;
  readonly rate: number;
  readonly paused: boolean;
  /** 0.1 to 100, or Infinity for as fast as this machine can. */
  setRate(rate: number): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Until the next change of an object that a learner can see. */
  step(): Promise<void>;
  /** Without waiting, until settled (the default), or for some cluster seconds. */
  skip(until?: { seconds?: number; settled?: true }): Promise<void>;
}

/**
 * Requests to Services, so that a rolling update shows what its users see. A
 * service is written `name` or `namespace/name`, with `:port` after it unless
 * its first port is meant. No time passes and nothing is sent while the clock is
 * paused.
 */
export interface TrafficApi {
  /** Sends `perSecond` (1 to 1000) HTTP requests each cluster second, each over a connection of its own. */
  start(service: string, perSecond: number, options?: TrafficOptions): Promise<void>;
  /** The counts stay until the next start. */
  stop(service: string): Promise<void>;
  /** Rejects when nothing was started for the service. */
  stats(service: string): Promise<TrafficStats>;
  /** The counts of every service that traffic was started for. */
  all(): Promise<readonly TrafficStats[]>;
}

export interface TrafficOptions {
  /** The path requested; `/` by default. */
  readonly path?: string;
  /** Timeout of a request in cluster seconds; 5 by default. */
  readonly timeoutSeconds?: number;
}

export interface HistoryApi {
  /** The oldest and the newest revision that can be shown. */
  revisions(): Promise<Revisions>;
  /** Returns every object as it was at a revision. */
  at(revision: number): Promise<readonly unknown[]>;
  /** Makes the cluster what it was at a revision. It goes on from there; the changes between stay in the history. */
  restore(revision: number): Promise<void>;
  /** Makes a new cluster of that name from what this one was at a revision. This one goes on; `clusters.open` opens the new one. */
  fork(revision: number, name: string): Promise<void>;
}

/** The clusters that this browser keeps. */
export interface ClustersApi {
  /** The name of the cluster on this page. */
  readonly current: string;
  list(): Promise<readonly string[]>;
  /** Leaves this page for another cluster, which is created if there is none of that name. */
  open(name: string): Promise<void>;
  /** The objects that a user has made, as YAML that `kubectl apply` takes on any cluster. */
  manifests(): Promise<string>;
  /** An address that opens this cluster as it is now; rejects when it would be too long. */
  link(): Promise<string>;
}

/** `window.tabernetes`. */
export interface Tabernetes {
  /** Its texts are empty until ready. */
  readonly version: Version;
  /** Resolves when controllers run. After a reset or a restart it is a new promise. */
  readonly ready: Promise<void>;
  /** The Kubernetes API, watch streams included. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** kubectl-apply of a YAML stream; rejects with an ApplyRejection. */
  apply(yaml: string): Promise<readonly AppliedObject[]>;
  /**
   * Runs one kubectl command, its arguments without the word kubectl. `files` are
   * written into the home directory first, where relative names lead. Aborting
   * the signal is Ctrl-C. Rejects with a TypeError when args is no list of texts.
   */
  kubectl(
    args: readonly string[],
    options?: { stdin?: string; files?: Readonly<Record<string, string>>; signal?: AbortSignal },
  ): Promise<CommandResult>;
  /** Runs a line of the terminal's shell. Variables and the directory stay from line to line. */
  run(line: string, options?: { signal?: AbortSignal }): Promise<CommandResult>;
  readonly clock: ClockApi;
  readonly traffic: TrafficApi;
  readonly history: HistoryApi;
  readonly clusters: ClustersApi;
  /** The whole cluster as a file. */
  export(): Promise<Blob>;
  /** Replaces the cluster by that of a file, whole or not at all. */
  import(file: Blob): Promise<void>;
  /** Deletes every object and starts an empty cluster. */
  reset(): Promise<void>;
  on<Name extends keyof ApiEvents>(event: Name, listener: (detail: ApiEvents[Name]) => void): () => void;
}

const UNKNOWN_VERSION: Version = { tabernetes: "", kubernetes: "" };

/** The session of the shell that `run` uses. */
const API_SESSION = "api";

/**
 * Without a Kubectl or a Desk, as in a test of the control plane alone, calls that need
 * them reject. `lessons` emits what the page's lesson reports.
 */
export function createApi(
  client: Client,
  kubectl?: Kubectl,
  wholes?: Desk,
  lessons?: Emitter<LessonEvents>,
): Tabernetes {
  const desk = () => {
    if (wholes === undefined) {
      throw new Error("this page keeps no clusters");
    }
    return wholes;
  };
  const shell = () => {
    if (kubectl === undefined) {
      throw new Error("this page has no kubectl");
    }
    return kubectl;
  };
  const events = new Emitter<ApiEvents>();
  client.on("ready", (ready) =>
    events.emit("ready", {
      version: ready.version,
      bootMilliseconds: ready.bootMilliseconds,
      restored: ready.restored,
    }),
  );
  client.on("frame", (frame) => events.emit("change", frame));
  client.on("panic", (panic) => events.emit("error", new Error(panic.message)));
  for (const name of ["step", "check", "complete"] as const) {
    lessons?.on(name, (detail) => events.emit(name, detail));
  }

  const clock: ClockApi = {
    now: () => new Date(client.clock?.now ?? 0),
    get rate() {
      return client.clock?.rate ?? 1;
    },
    get paused() {
      return client.clock?.paused ?? false;
    },
    async setRate(rate) {
      await client.command({ kind: "rate", rate });
    },
    async pause() {
      await client.command({ kind: "pause" });
    },
    async resume() {
      await client.command({ kind: "resume" });
    },
    async step() {
      await client.command({ kind: "step" });
    },
    async skip(until = { settled: true }) {
      await client.command({ kind: "skip", ...until });
    },
  };

  const traffic: TrafficApi = {
    async start(service, perSecond, { path = "/", timeoutSeconds = 0 } = {}) {
      const timeoutMilliseconds = timeoutSeconds * 1000;
      await client.traffic({ kind: "start", service, perSecond, path, timeoutMilliseconds });
    },
    async stop(service) {
      await client.traffic({ kind: "stop", service });
    },
    async stats(service) {
      const { clients } = await client.traffic({ kind: "stats", service });
      const [stats] = clients;
      if (stats === undefined) {
        throw new Error(`no traffic was started for service "${service}"`);
      }
      return stats;
    },
    async all() {
      return (await client.traffic({ kind: "all" })).clients;
    },
  };

  return {
    get version() {
      return client.version ?? UNKNOWN_VERSION;
    },
    get ready() {
      return client.ready.then(() => undefined);
    },
    fetch: (path, init) => client.fetch(path, init),
    async apply(yaml) {
      const { results } = await client.apply(text(yaml, "yaml"));
      const applied = results.filter((result): result is AppliedObject => !("error" in result));
      if (applied.length < results.length) {
        throw new ApplyRejection(results);
      }
      return applied;
    },
    async kubectl(args, options = {}) {
      const list = texts(args, "args");
      return gather((output) => shell().kubectl(list, output, options), options.signal);
    },
    async run(line, options = {}) {
      const typed = text(line, "line");
      return gather((output) => shell().run(API_SESSION, typed, output), options.signal);
    },
    clock,
    traffic,
    history: {
      revisions: () => client.revisions(),
      at: (revision) => client.at(revision),
      async restore(revision) {
        await client.restore(revision);
      },
      fork: async (revision, name) => desk().fork(revision, name),
    },
    clusters: {
      get current() {
        return desk().current;
      },
      list: async () => (await desk().list()).map(({ name }) => name),
      open: async (name) => desk().open(name),
      manifests: () => client.manifests(),
      link: async () => desk().link(location.href),
    },
    export: async () => desk().export(),
    import: async (file) => desk().import(file),
    async reset() {
      kubectl?.reset();
      await client.reset();
    },
    on: (event, listener) => events.on(event, listener),
  };
}
