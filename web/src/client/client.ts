import type { ApplyReply } from "../protocol/apply.ts";
import type { ClockCommand, ClockState } from "../protocol/clock.ts";
import type { Explanation } from "../protocol/diagnosis.ts";
import type { LessonAnswers, LessonCommand } from "../protocol/lesson.ts";
import { type BootOptions, unreachable, type Version } from "../protocol/messages.ts";
import type { ArchiveSummary, Revisions } from "../protocol/storage.ts";
import type { Item } from "../protocol/topology.ts";
import type { TrafficCommand, TrafficReply } from "../protocol/traffic.ts";
import { Connection, type Notice } from "./connection.ts";
import type { ClientEvents, ClientOptions, ControlPlanePanic, Ready, StorageReport } from "./contract.ts";
import { defer } from "./deferred.ts";
import { Emitter } from "./emitter.ts";
import { errorOf, NotRunning } from "./errors.ts";
import { Inventory } from "./inventory.ts";
import { Lookback, type Past } from "./past.ts";

export type {
  BootProgress,
  ClientEvents,
  ClientOptions,
  ControlPlanePanic,
  Panic,
  Ready,
  StorageReport,
  WorkerPort,
} from "./contract.ts";
export type { Past } from "./past.ts";

/**
 * The page's end of the protocol: one control plane in one worker, and the
 * panels' only way to it. It knows no panel and no element.
 *
 * Requests made before the control plane is ready wait for it. When the worker
 * ends with a panic or a reset, every request in flight fails with an Error.
 */
export class Client {
  readonly #options: ClientOptions;
  #boot: BootOptions;
  readonly #events = new Emitter<ClientEvents>();
  readonly #inventory = new Inventory();
  readonly #lookback = new Lookback({
    ask: (time) => this.#connection.request<"past">((id) => ({ type: "past", id, time })),
    changed: (past) => this.#events.emit("past", past),
  });
  #connection = new Connection();
  #version: Version | undefined;
  #clock: ClockState | undefined;
  #storage: StorageReport | undefined;
  /** This page owns the cluster: a worker that it starts may take the cluster from the worker before. */
  #owner = false;
  #imported = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#boot = options.boot;
  }

  /** What the next cluster is started with, and this one was. */
  get boot(): BootOptions {
    return this.#boot;
  }

  /** Resolves when controllers run; after a restart it is a new promise. Rejects on a panic during the start. */
  get ready(): Promise<Ready> {
    return this.#connection.ready;
  }

  /** Known once ready. */
  get version(): Version | undefined {
    return this.#version;
  }

  /** Whether the cluster was started from a file, as one is that goes back to a revision; it is not `restored` then. */
  get imported(): boolean {
    return this.#imported;
  }

  /** Every item of the last frame; a listener to `frame` finds that frame in it. */
  get inventory(): Inventory {
    return this.#inventory;
  }

  /** The moment that the page looks back at; undefined for the present. */
  get past(): Past | undefined {
    return this.#lookback.past;
  }

  /** What the page shows: the present, or the moment that it looks back at. `time` is its cluster time. */
  get shown(): { readonly items: ReadonlyMap<string, Item>; readonly time: number } {
    return this.past ?? this.#inventory;
  }

  /** As the worker last reported it; undefined before the first report. */
  get clock(): ClockState | undefined {
    return this.#clock;
  }

  /** As the worker last reported it; undefined before the first report. */
  get storage(): StorageReport | undefined {
    return this.#storage;
  }

  on<Name extends keyof ClientEvents>(
    event: Name,
    listener: (detail: ClientEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** Starts the worker. On a client that has one, ends it and starts again from a cluster file, or from what is stored. */
  start(archive: Uint8Array | null = null): void {
    // A cluster that replaces another keeps its rate.
    const clock = archive === null ? undefined : this.#clock;
    const boot = this.#boot;
    this.#connection.end(new NotRunning("restarted"));
    const connection = new Connection(this.#options.createWorker(), {
      notice: (message) => this.#receive(message),
      broken: (panic) => this.#panic(panic),
    });
    this.#connection = connection;
    this.#imported = archive !== null;
    this.#clock = undefined;
    this.#storage = undefined;
    this.#inventory.clear();
    this.#lookback.leave();
    this.#events.emit("start", undefined);
    connection.post({
      type: "boot",
      wasm: this.#options.wasm(),
      wasmExec: this.#options.wasmExec,
      options: { ...boot, rate: clock?.rate ?? boot.rate, paused: clock?.paused ?? boot.paused },
      archive,
      takeOver: this.#owner,
    });
  }

  /** Starts the cluster here, and ends it in the tab that has it once everything is stored there. */
  takeOver(): void {
    this.#owner = true;
    this.start();
  }

  /** A request to the Kubernetes API; `path` such as `/api/v1/pods?watch=1`. Rejects as `fetch` does, never for an HTTP status. */
  async fetch(path: string, init?: RequestInit): Promise<Response> {
    const request = new Request(new URL(path, "http://cluster.local"), init);
    await this.#whenReady(request.signal);
    return this.#connection.fetch(request);
  }

  /** kubectl-apply of a YAML stream. Rejects only when the control plane is gone: each object has its own result. */
  async apply(yaml: string): Promise<ApplyReply> {
    await this.#connection.ready;
    // Applying happens in the present, so the page shows that again.
    this.lookAtPresent();
    return this.#connection.request<"apply">((id) => ({ type: "apply", id, yaml, dryRun: false }));
  }

  /** A dry run of {@link apply}: the server answers as if it applied, but stores nothing. */
  async dryRun(yaml: string): Promise<ApplyReply> {
    await this.#connection.ready;
    return this.#connection.request<"apply">((id) => ({ type: "apply", id, yaml, dryRun: true }));
  }

  /** Starts, stops or counts requests to a Service; resolves with the counts after it. */
  async traffic(command: TrafficCommand): Promise<TrafficReply> {
    await this.#connection.ready;
    return this.#connection.request<"traffic">((id) => ({ type: "traffic", id, command }));
  }

  /** Carries out a command for the lesson in this cluster. */
  async lesson<Kind extends LessonCommand["kind"]>(
    command: Extract<LessonCommand, { readonly kind: Kind }>,
  ): Promise<LessonAnswers[Kind]> {
    await this.#connection.ready;
    const answer = await this.#connection.request<"lesson">((id) => ({ type: "lesson", id, command }));
    return answer as LessonAnswers[Kind];
  }

  /** Why an object is as it is. Rejects for an object that does not exist. */
  async explain(object: { kind: string; namespace: string; name: string }): Promise<Explanation> {
    await this.#connection.ready;
    return this.#connection.request<"explain">((id) => ({ type: "explain", id, ...object }));
  }

  /** Resolves with the state reached; see ClockCommand for when that is. */
  async command(command: ClockCommand): Promise<ClockState> {
    await this.#connection.ready;
    const state = await this.#connection.request<"clock">((id) => ({ type: "clock", id, command }));
    this.#tick(state);
    return state;
  }

  /** Lets a client in another worker reach the cluster through the port; only one client at a time, and only once ready. */
  connect(port: MessagePort): void {
    this.#connection.post({ type: "connect", port }, [port]);
  }

  /** The client at the port is gone. */
  disconnect(): void {
    this.#connection.post({ type: "disconnect" });
  }

  /** Deletes the cluster with all that is stored of it and starts an empty one; resolves when that is ready. */
  async reset(boot: BootOptions = this.#boot): Promise<void> {
    if (!this.#connection.open) {
      this.start();
    }
    await this.#connection.request<"reset">((id) => ({ type: "reset", id }));
    this.#boot = boot;
    this.start();
    await this.#connection.ready;
  }

  /** The revisions that {@link at} and {@link archive} know. */
  async revisions(): Promise<Revisions> {
    await this.#connection.ready;
    return this.#connection.request<"revisions">((id) => ({ type: "revisions", id }));
  }

  /**
   * Makes the page show the cluster as it was at a cluster time, or as near to it as
   * is kept. The cluster itself goes on. Resolves when that moment, or one asked for
   * later, is shown.
   */
  async lookBack(time: number): Promise<void> {
    await this.#connection.ready;
    await this.#lookback.look(time);
  }

  /** Shows the present again. */
  lookAtPresent(): void {
    this.#lookback.leave();
  }

  /** The YAML of one object as it was at a revision, as the API would have written it. */
  async pastManifest(revision: number, uid: string): Promise<string> {
    await this.#connection.ready;
    return this.#connection.request<"pastManifest">((id) => ({ type: "pastManifest", id, revision, uid }));
  }

  /** Every object as it was at a revision. */
  async at(revision: number): Promise<readonly unknown[]> {
    await this.#connection.ready;
    return this.#connection.request<"at">((id) => ({ type: "at", id, revision }));
  }

  /** The cluster as one file, now or as it was at a revision. `page` is a JSON object to include. */
  async archive(options: {
    readonly revision?: number;
    readonly history: boolean;
    /** Leaves out the objects that every cluster makes by itself. */
    readonly small?: boolean;
    readonly page?: string;
  }): Promise<Uint8Array> {
    await this.#connection.ready;
    const { revision = null, history, small = false, page = null } = options;
    return this.#connection.request<"archive">((id) => ({
      type: "archive",
      id,
      revision,
      history,
      small,
      page,
    }));
  }

  /** Describes the content of a cluster file. Rejects with FileRefused when no cluster can start from it. */
  async check(archive: Uint8Array): Promise<ArchiveSummary> {
    await this.#connection.ready;
    return this.#connection.request<"check">((id) => ({ type: "check", id, archive }));
  }

  /** Stores a cluster file as a cluster under a name that no other has. This one goes on. */
  async store(cluster: string, archive: Uint8Array): Promise<void> {
    await this.#connection.ready;
    await this.#connection.request<"store">((id) => ({ type: "store", id, cluster, archive }));
  }

  /** The objects that a user has made, as YAML that kubectl apply takes on any cluster. */
  async manifests(): Promise<string> {
    await this.#connection.ready;
    return this.#connection.request<"manifests">((id) => ({ type: "manifests", id }));
  }

  /** Resolves when every change so far is stored; rejects when storing has stopped. */
  async flush(): Promise<void> {
    await this.#connection.ready;
    await this.#connection.request<"flush">((id) => ({ type: "flush", id }));
  }

  /** Stores everything again after storing had stopped. */
  async save(): Promise<void> {
    await this.#connection.ready;
    await this.#connection.request<"save">((id) => ({ type: "save", id }));
  }

  /** Ends the cluster once everything is stored. `start` brings it back. */
  async close(): Promise<void> {
    if (this.#connection.open) {
      await this.#connection.request<"close">((id) => ({ type: "close", id }));
      this.#leave(new NotRunning("closed"));
    }
  }

  /**
   * Replaces the cluster with that of a file. The file is checked before
   * anything changes; if the new cluster does not start all the same, the old
   * one is restored. Resolves with a description of the file's content.
   */
  async replace(archive: Uint8Array): Promise<ArchiveSummary> {
    const summary = await this.check(archive);
    const before = await this.archive({ history: true });
    this.start(archive);
    try {
      await this.#connection.ready;
      return summary;
    } catch (error) {
      this.start(before);
      await this.#connection.ready;
      throw error;
    }
  }

  /** Makes the cluster what it was at a revision. The changes between stay in its history. */
  async restore(revision: number): Promise<void> {
    await this.replace(await this.archive({ revision, history: true }));
  }

  destroy(): void {
    this.#connection.end(new NotRunning("ended"));
    this.#events.clear();
  }

  /** The cluster does not run here any more: all further requests fail for the same reason. */
  #leave(reason: Error): void {
    this.#connection.end(reason);
    this.#connection = new Connection();
    this.#connection.end(reason);
  }

  async #whenReady(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = defer<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#connection.ready, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #receive(message: Notice): void {
    switch (message.type) {
      case "progress":
        this.#events.emit("progress", message);
        break;
      case "ready":
        this.#version = message.version;
        this.#owner = true;
        this.#connection.begun(message);
        this.#events.emit("ready", message);
        break;
      case "frame":
        this.#inventory.apply(message.frame);
        this.#events.emit("frame", message.frame);
        break;
      case "timeline":
        this.#events.emit("timeline", message.timeline);
        break;
      case "lesson":
        this.#events.emit("lesson", message.report);
        break;
      case "clock":
        this.#tick(message.clock);
        break;
      case "storage":
        this.#storage = message;
        this.#events.emit("storage", message);
        break;
      case "missing":
        this.#events.emit("missing", message.state);
        break;
      case "taken":
        this.#owner = false;
        this.#leave(new NotRunning("taken"));
        this.#events.emit("taken", undefined);
        break;
      case "panic":
        this.#panic(message);
        break;
      case "log":
        this.#events.emit("log", message);
        break;
      default:
        unreachable(message);
    }
  }

  #tick(state: ClockState): void {
    this.#clock = state;
    this.#events.emit("clock", state);
  }

  #panic(panic: ControlPlanePanic): void {
    this.#connection.end(errorOf(panic));
    this.#events.emit("panic", panic);
  }
}
