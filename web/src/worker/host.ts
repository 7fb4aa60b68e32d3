import type { LessonReport } from "../protocol/lesson.ts";
import type { BootOptions, BootStage, ReplyValues, Version, WorkerMessage } from "../protocol/messages.ts";
import type { ArchiveRefusal } from "../protocol/storage.ts";
import type { TimelineDelta } from "../protocol/timeline.ts";
import type { Frame } from "../protocol/topology.ts";
import type { TrafficCommand } from "../protocol/traffic.ts";
import type { GateState } from "./clock/clockhost.ts";
import type { Point } from "./parking.ts";

/** The global by which Go finds the host: hostName in wasm/bridge/host.go. */
export const HOST_NAME = "tabernetesHost";

type StorageMessage = Extract<WorkerMessage, { type: "storage" }>;

/** The functions that Go calls. Every call returns at once; none may depend on host time or on what the page does. */
export interface Host {
  readonly options: BootOptions;
  /** Identifies this owner to the database. */
  readonly owner: string;
  /** Lays out the database of a cluster: the listener for "upgradeneeded". */
  readonly upgrade: (event: IDBVersionChangeEvent) => void;
  /** Percentage by which Go's heap grows before a collection (GOGC); 0 leaves that to Go. */
  readonly heapGrowth: number;
  /** The cluster file to start from, or null. */
  readonly archive: Uint8Array | null;
  /** Takes the functions by which Go is called, or null when it does not answer any more. */
  register(api: GoApi | null): void;
  /** The number of a reset that came before Go registered, returned once; Go then answers it and ends instead of starting a cluster. */
  pendingReset(): number | null;
  progress(stage: BootStage): void;
  /** Whether Go is to stop at a point of its start. */
  parks(point: Point): boolean;
  /** Go has stopped, and goes on when it is woken. */
  parked(point: Point, wake: () => void): void;
  ready(version: Version, restored: boolean): void;
  response(id: number, status: number, headers: [string, string][]): void;
  chunk(id: number, bytes: Uint8Array): void;
  /** Go has taken what was sent over a connection. */
  sent(id: number): void;
  end(id: number): void;
  failed(id: number, message: string, refusal: ArchiveRefusal | null): void;
  reply(id: number, value: ReplyValues[keyof ReplyValues]): void;
  /** A frame is pending: `GoApi.frame` is called once when this turn ends. */
  dirty(): void;
  /** What a look has found, or null for nothing new. */
  looked(report: LessonReport | null): void;
  /** The step with that number has changed a visible object, and the gate is closed. */
  stepped(step: number): void;
  storage(state: StorageMessage["state"], reason: StorageMessage["reason"], message: string): void;
  /** Another tab has made the cluster its own. */
  taken(): void;
  log(level: Extract<WorkerMessage, { type: "log" }>["level"], message: string): void;
  /** The beginning and the end of host work that a free clock must wait for. */
  hold(): void;
  release(): void;
  /** Called before the cluster is built: cluster time goes on from here, and randomness from the seed and the revision. */
  restored(milliseconds: number, seed: number, revision: number): void;
  /** The cluster has ended with an error. */
  crash(message: string, refusal: ArchiveRefusal | null): void;
}

/** What Go registers. Each call is a turn of Go; only `frame`, `timeline` and `settled` have a result. */
export interface GoApi {
  fetch(
    id: number,
    method: string,
    path: string,
    headers: readonly (readonly [string, string])[],
    body: string | Uint8Array | null,
  ): void;
  pull(id: number): void;
  cancel(id: number): void;
  /** Opens a connection to the API server, answered as `fetch` is, but without a head. */
  dial(id: number): void;
  send(id: number, bytes: Uint8Array): void;
  apply(id: number, yaml: string, dryRun: boolean): void;
  traffic(
    id: number,
    kind: TrafficCommand["kind"],
    service: string,
    perSecond: number,
    path: string,
    timeoutMilliseconds: number,
  ): void;
  /** `command` is a LessonCommand in JSON. */
  lesson(id: number, command: string): void;
  /** Looks at the cluster for the checks of a lesson; answered by `Host.looked`. */
  look(): void;
  explain(id: number, kind: string, namespace: string, name: string): void;
  frame(): Frame | null;
  /** The timeline that belongs to the frame just taken. */
  timeline(): TimelineDelta | null;
  settled(): boolean;
  gate(state: GateState, step: number): void;
  reset(id: number): void;
  close(id: number): void;
  flush(id: number): void;
  save(id: number): void;
  store(id: number, cluster: string, archive: Uint8Array): void;
  manifests(id: number): void;
  revisions(id: number): void;
  past(id: number, time: number): void;
  pastManifest(id: number, revision: number, uid: string): void;
  at(id: number, revision: number): void;
  /** Revision 0 means now. */
  archive(id: number, revision: number, history: boolean, small: boolean, page: string | null): void;
  check(id: number, archive: Uint8Array): void;
}
