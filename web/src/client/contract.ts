import type { ClockState } from "../protocol/clock.ts";
import type { MissingPart, ModuleSource } from "../protocol/exchange.ts";
import type { LessonReport } from "../protocol/lesson.ts";
import type { BootOptions, BootStage, PageMessage, Version, WorkerMessage } from "../protocol/messages.ts";
import type { ArchiveRefusal } from "../protocol/storage.ts";
import type { TimelineDelta } from "../protocol/timeline.ts";
import type { Frame } from "../protocol/topology.ts";
import type { Past } from "./past.ts";

/** What the client needs of a Worker; tests pass a message port. */
export interface WorkerPort {
  postMessage(message: PageMessage, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { data: WorkerMessage }) => void): void;
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
  terminate(): void;
}

export interface ClientOptions {
  /** Makes a new worker, for the first start and for each one after a panic or a reset. */
  readonly createWorker: () => WorkerPort;
  /** The module; called at each start. */
  readonly wasm: () => ModuleSource;
  /** An absolute URL. */
  readonly wasmExec: string;
  readonly boot: BootOptions;
}

export interface BootProgress {
  readonly stage: BootStage;
  readonly loaded?: number;
  readonly total?: number;
}

export interface Ready {
  readonly version: Version;
  readonly bootMilliseconds: number;
  readonly restored: boolean;
}

export interface Panic {
  readonly message: string;
  readonly stack: string;
}

/** The end of a control plane; if it could not start from its file, with what is wrong with the file. */
export interface ControlPlanePanic extends Panic {
  readonly refusal: ArchiveRefusal | null;
}

export type StorageReport = Pick<Extract<WorkerMessage, { type: "storage" }>, "state" | "reason" | "message">;

export interface ClientEvents {
  /** A worker starts: everything from an earlier one is void. */
  start: undefined;
  progress: BootProgress;
  ready: Ready;
  frame: Frame;
  timeline: TimelineDelta;
  clock: ClockState;
  /** The page looks back at another moment, or (undefined) at the present again. */
  past: Past | undefined;
  storage: StorageReport;
  /** What the checks of the lesson's step have found. */
  lesson: LessonReport;
  /** The state of the missing part of the module that the control plane waits for. */
  missing: MissingPart;
  panic: ControlPlanePanic;
  /** Another tab has the cluster: it does not run here (any more). */
  taken: undefined;
  log: { readonly level: "info" | "warning" | "error"; readonly message: string };
}
