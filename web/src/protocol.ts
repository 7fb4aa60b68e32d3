/**
 * The messages between the page and the worker that runs the control plane:
 * one discriminated union in each direction, on the field `type`.
 *
 * The page (`client/`) and the worker (`worker/`) both import this file and
 * nothing else of each other. Every `switch` over a union ends in
 * `unreachable(message)`, so that a new message that one side does not handle
 * is a compile error.
 *
 * Units: times are milliseconds since 1970 of *cluster* time unless the name
 * says otherwise; rates are cluster seconds per host second.
 *
 * Correlation: a request carries an `id` that its sender makes up, unique among
 * the requests in flight of that page. The answer carries the same `id`.
 */

// ---------------------------------------------------------------- options

/** What a cluster is started with. The worker reads it once, at `boot`. */
export interface BootOptions {
  /** Names the IndexedDB database, the Web Lock and nothing else. */
  readonly cluster: string;
  /** Same seed and same inputs at the same cluster times: same object history. */
  readonly seed: number;
  /** Cluster time at the first start; `null` is the host's time at boot. A restored cluster goes on where it stopped. */
  readonly startTime: number | null;
  /** Rate at the start, see {@link ClockCommand}. */
  readonly rate: number;
  /** The clock stands from the moment that the cluster is ready. */
  readonly paused: boolean;
  readonly storage: "indexeddb" | "memory";
  /** Pods are ready at once: for measurements of the control plane alone. */
  readonly instantKubelet: boolean;
  /** Number of simulated nodes. */
  readonly nodes: number;
}

// ---------------------------------------------------------------- clock

/** The rate that asks for "as fast as this machine can". It crosses as a number: `Infinity` survives structured clone. */
export const UNLIMITED_RATE = Number.POSITIVE_INFINITY;

/**
 * What may be asked of the clock. The reply to `rate`, `pause` and `resume`
 * comes at once; to `step` when a learner-visible object has changed or nothing
 * is left to happen; to `skip` when its end is reached.
 */
export type ClockCommand =
  | { readonly kind: "rate"; readonly rate: number }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "step" }
  /** Until `seconds` of cluster time have passed, or everything is settled, whichever is given and comes first. */
  | { readonly kind: "skip"; readonly seconds?: number; readonly settled?: true };

export interface ClockState {
  /** Cluster time when the message was sent. */
  readonly now: number;
  /** The rate asked for; {@link UNLIMITED_RATE} for no limit. */
  readonly rate: number;
  readonly paused: boolean;
  readonly mode: "run" | "step" | "skip";
  /** Cluster seconds per host second over about the last second: below `rate` when the CPU cannot keep up. */
  readonly effectiveRate: number;
}

// ---------------------------------------------------------------- apply

/** One object of a YAML stream, in the order of the stream. */
export type ApplyResult = AppliedObject | RejectedObject;

export interface AppliedObject {
  readonly index: number;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
  readonly result: "created" | "configured" | "unchanged";
  /** The texts of the API's `Warning` headers for this object. */
  readonly warnings: readonly string[];
  /** Of a dry run: the object as it is, in YAML without managed fields; absent for one that does not exist. */
  readonly before?: string;
  /** Of a dry run: as it would be. */
  readonly after?: string;
}

export interface RejectedObject {
  readonly index: number;
  /** Absent when the document could not be read so far. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly error: ApplyError;
  readonly warnings: readonly string[];
}

export interface ApplyError {
  /** Upstream's message, whole. */
  readonly message: string;
  /** 1-based, in the whole text that was applied. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The API status reason, such as `Invalid` or `AlreadyExists`. */
  readonly reason?: string;
}

export interface ApplyReply {
  readonly results: readonly ApplyResult[];
}

// ---------------------------------------------------------------- traffic

/** `service` is `name` or `namespace/name`, with `:port` (number or name) behind it unless the first port is meant. */
export type TrafficCommand =
  /** Sends `perSecond` (1 to 1000) requests each cluster second; a client that the service has begins anew. */
  | {
      readonly kind: "start";
      readonly service: string;
      readonly perSecond: number;
      /** Empty means `/`. */
      readonly path: string;
      /** Cluster time after which a request is given up; 0 means 5 s. */
      readonly timeoutMilliseconds: number;
    }
  /** The counts stay until the next start. */
  | { readonly kind: "stop"; readonly service: string }
  | { readonly kind: "stats"; readonly service: string }
  /** Every client, in the order of their start. */
  | { readonly kind: "all" };

/** The result of a request; `ok` is an answer below 400. See engine/traffic/result.go. */
export type TrafficResult =
  | "ok"
  | "http4xx"
  | "http5xx"
  | "refused"
  | "reset"
  | "closed"
  | "timedOut"
  | "noEndpoints"
  | "unresolved";

export type TrafficCounts = { readonly [Result in TrafficResult]?: number };

/** The counts of one client since it was started. */
export interface TrafficStats {
  /** `namespace/name`. */
  readonly service: string;
  /** 0 when it was stopped. */
  readonly perSecond: number;
  readonly started: number;
  readonly sent: number;
  /** Sent and without a result yet. */
  readonly inFlight: number;
  readonly ok: number;
  readonly failed: number;
  readonly byResult: TrafficCounts;
  /** `ok` by the tag of the image that answered. */
  readonly byVersion: Readonly<Record<string, number>>;
  /** `ok` by the name of the pod that answered. */
  readonly byPod: Readonly<Record<string, number>>;
  /** The last 600 cluster seconds in which a result came, oldest first. */
  readonly seconds: readonly TrafficSecond[];
}

export interface TrafficSecond {
  /** When it began. */
  readonly time: number;
  readonly byResult: TrafficCounts;
  readonly byVersion: Readonly<Record<string, number>>;
}

/** Of the client that was meant, after the command; of all for `all`. */
export interface TrafficReply {
  readonly clients: readonly TrafficStats[];
}

// ---------------------------------------------------------------- topology

/** A change of what the diagram shows. Frames come in order, at most one per about 33 ms of host time. */
export interface Frame {
  /** The store's revision that this frame is complete to. */
  readonly revision: number;
  /** Cluster time of the frame. */
  readonly time: number;
  /** The full state follows: drop what was known. */
  readonly reset: boolean;
  readonly upserts: readonly Item[];
  /** UIDs. */
  readonly removes: readonly string[];
  /** New or counted-up events, oldest first. */
  readonly events: readonly ClusterEvent[];
}

interface ItemFields {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** UID of the controlling owner, or empty. */
  readonly owner: string;
  /** creationTimestamp. */
  readonly created: number;
  /** deletionTimestamp, or 0. */
  readonly deleting: number;
  /** The object's resourceVersion. */
  readonly revisionSeen: number;
}

export interface DeploymentItem extends ItemFields {
  readonly kind: "Deployment";
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly unavailable: number;
  readonly total: number;
  /** The annotation deployment.kubernetes.io/revision; 0 before it is set. */
  readonly revision: number;
  readonly paused: boolean;
  readonly strategy: "RollingUpdate" | "Recreate";
  /** Resolved numbers of pods. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** As written, such as `25%`. */
  readonly maxSurgeText: string;
  readonly maxUnavailableText: string;
  readonly minReadySeconds: number;
  /** Reason of the Progressing condition, or empty. */
  readonly progressing: string;
  readonly images: readonly string[];
  /** Observed, complete, and no pod of it is on its way. */
  readonly settled: boolean;
}

export interface ReplicaSetItem extends ItemFields {
  readonly kind: "ReplicaSet";
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  readonly available: number;
  readonly revision: number;
  /** Newest revision of its Deployment; true for a ReplicaSet without one. */
  readonly active: boolean;
  readonly images: readonly string[];
  /** The label pod-template-hash, or empty. */
  readonly hash: string;
}

export interface PodItem extends ItemFields {
  readonly kind: "Pod";
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** kubectl's STATUS column, by upstream's printer. */
  readonly status: string;
  /** kubectl's READY column, such as `1/1`. */
  readonly readyText: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Empty until scheduled. */
  readonly node: string;
  readonly ip: string;
  readonly images: readonly string[];
  readonly replicaSetHash: string;
  /** Names of the Services that have it as a ready endpoint. */
  readonly services: readonly string[];
}

export interface NodeItem extends ItemFields {
  readonly kind: "Node";
  readonly ready: boolean;
  /** kubectl's STATUS column, such as `Ready,SchedulingDisabled`. */
  readonly status: string;
  readonly unschedulable: boolean;
  readonly podCIDR: string;
  readonly internalIP: string;
  readonly podCount: number;
}

export interface WorkloadItem extends ItemFields {
  readonly kind: "StatefulSet" | "DaemonSet" | "Job" | "CronJob";
  readonly desired: number;
  readonly ready: number;
  readonly current: number;
  /** Of a StatefulSet or a DaemonSet: pods of the newest template. */
  readonly updated: number;
  /** Of a Job: failed pods. */
  readonly failed: number;
  /** Of the pod template. */
  readonly images: readonly string[];
}

export interface ServiceItem extends ItemFields {
  readonly kind: "Service";
  readonly clusterIP: string;
  readonly type: string;
  /** kubectl's PORT(S) column. */
  readonly ports: string;
  /** UIDs of the workloads whose pods it selects. */
  readonly targets: readonly string[];
  /** Pods that get requests, of the pods that are endpoints. */
  readonly ready: number;
  readonly endpoints: number;
}

/** Numbers are pods. */
export interface AutoscalerItem extends ItemFields {
  readonly kind: "HorizontalPodAutoscaler";
  /** UID of the workload that it scales, or empty. */
  readonly target: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly current: number;
  readonly desired: number;
  /** kubectl's TARGETS column, such as `cpu: 31%/50%`. */
  readonly metrics: string;
  /** Reason of the condition that keeps it from scaling, or empty. */
  readonly trouble: string;
}

/** Numbers are pods. */
export interface BudgetItem extends ItemFields {
  readonly kind: "PodDisruptionBudget";
  /** UIDs of the workloads whose pods it selects. */
  readonly targets: readonly string[];
  /** As written, or empty. */
  readonly minAvailable: string;
  readonly maxUnavailable: string;
  /** How many may be evicted now. */
  readonly allowed: number;
  readonly healthy: number;
  /** So many must be healthy. */
  readonly least: number;
  readonly expected: number;
}

export type Item =
  | DeploymentItem
  | ReplicaSetItem
  | PodItem
  | NodeItem
  | WorkloadItem
  | ServiceItem
  | AutoscalerItem
  | BudgetItem;

export type ItemKind = Item["kind"];

export interface ClusterEvent {
  readonly uid: string;
  /** Last time it was seen. */
  readonly time: number;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** The reporting component, such as `deployment-controller`. */
  readonly source: string;
  readonly involved: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
}

// ---------------------------------------------------------------- timeline

/** What has come of every Deployment's timeline since the delta before. It follows the frame of the same moment. */
export interface TimelineDelta {
  readonly revision: number;
  readonly time: number;
  /** All that is kept follows: drop what was known. */
  readonly reset: boolean;
  readonly series: readonly TimelineSeries[];
  /** UIDs of Deployments that are gone. */
  readonly removes: readonly string[];
}

/** What is new of one Deployment, oldest first. */
export interface TimelineSeries {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly points: readonly TimelinePoint[];
  readonly marks: readonly TimelineMark[];
}

/** The state from a moment on, until the next point; in pods. */
export interface TimelinePoint {
  readonly time: number;
  readonly revision: number;
  readonly desired: number;
  /** Desired less max unavailable. */
  readonly floor: number;
  /** Desired and max surge. */
  readonly ceiling: number;
  readonly total: number;
  readonly ready: number;
  readonly available: number;
  /** ReplicaSets that have or want pods, by their revision. */
  readonly sets: readonly TimelineSet[];
}

export interface TimelineSet {
  readonly revision: number;
  readonly desired: number;
  readonly total: number;
  readonly ready: number;
  readonly available: number;
}

export interface TimelineMark {
  readonly time: number;
  readonly revision: number;
  readonly source: "change" | "event" | "condition";
  /** The component that reported it; empty for a change of the spec. */
  readonly who: string;
  /** What was changed (see `changes` of the texts), the event's reason, or the condition as type=status. */
  readonly what: string;
  readonly from: string;
  /** The new value, the event's message, or the condition's reason. */
  readonly to: string;
  readonly warning: boolean;
  readonly kind: string;
  readonly name: string;
}

// ---------------------------------------------------------------- diagnosis

/** Why an object is not as it should be: from the symptom to the root cause. */
export interface Diagnosis {
  readonly object: ObjectReference;
  readonly time: number;
  readonly state: CauseState;
  readonly chain: readonly CauseLink[];
}

/** `waiting` goes on by itself, `held` is as somebody asked, `blocked` needs somebody. */
export type CauseState = "fine" | "waiting" | "held" | "blocked";

export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty for an object that does not exist. */
  readonly uid: string;
}

export interface CauseLink {
  readonly object: ObjectReference;
  /** One of engine/diagnose/reasons.go, which lists the parameters of each. */
  readonly reason: string;
  readonly state: CauseState;
  readonly parameters: Readonly<Record<string, string | number | readonly string[]>>;
  readonly evidence: readonly CauseEvidence[];
  /** The kubectl line that shows it in any cluster. */
  readonly command: string;
}

export interface CauseEvidence {
  readonly source: "condition" | "event" | "field";
  readonly name: string;
  readonly text: string;
}

/** What the Deployment controller computes; in pods. */
export interface Arithmetic {
  readonly strategy: string;
  readonly paused: boolean;
  readonly desired: number;
  readonly surge: ArithmeticBound;
  readonly unavailable: ArithmeticBound;
  readonly ceiling: number;
  readonly floor: number;
  readonly total: number;
  readonly available: number;
  readonly new: number;
  readonly newAvailable: number;
  readonly old: number;
  readonly oldUnhealthy: number;
  readonly scaleUp: number;
  readonly scaleDown: number;
  readonly cleanUp: number;
  readonly next: "create" | "scaleUp" | "scaleDown" | "share" | "wait" | "rest";
  /** The sizes that it sets for that, in order. */
  readonly plan: readonly ArithmeticResize[];
}

/** `replicaSet` is empty for one that is still to be created. */
export interface ArithmeticResize {
  readonly replicaSet: string;
  readonly from: number;
  readonly to: number;
}

export interface ArithmeticBound {
  /** Such as `25%`. */
  readonly written: string;
  /** Of a percentage before rounding, such as `1.25`; else empty. */
  readonly exact: string;
  readonly pods: number;
}

export interface Explanation {
  readonly diagnosis: Diagnosis;
  /** Of a Deployment. */
  readonly arithmetic: Arithmetic | null;
}

// ---------------------------------------------------------------- messages

/** Page to worker. */
export type PageMessage =
  /** The first message, once. The URLs are absolute. */
  | {
      readonly type: "boot";
      readonly wasm: string;
      readonly wasmExec: string;
      readonly options: BootOptions;
      /** A cluster file to start from, in place of what is stored; `null` for none. */
      readonly archive: Uint8Array | null;
      /** Another tab that has the cluster must let it go. */
      readonly takeOver: boolean;
    }
  /** A request to the Kubernetes API; `path` begins with `/` and carries the query. */
  | {
      readonly type: "fetch";
      readonly id: number;
      readonly method: string;
      readonly path: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string | null;
    }
  /**
   * Credit for one more `chunk` of response `id`. The worker sends no chunk
   * without one; `end` and `failed` need none. Credits add up.
   */
  | { readonly type: "pull"; readonly id: number }
  /** Nobody reads the response any more: end the request, send nothing more for `id`. */
  | { readonly type: "cancel"; readonly id: number }
  /**
   * The other end of the port is a client of its own: the worker of kubectl, see
   * ClusterRequest in kubectlprotocol.ts. It takes the place of one before it.
   */
  | { readonly type: "connect"; readonly port: MessagePort }
  /** The worker at the port is gone: end its requests. */
  | { readonly type: "disconnect" }
  /** kubectl-apply of a YAML stream, with `dryRun` by the server and without effect. Answered by a reply with an {@link ApplyReply}. */
  | { readonly type: "apply"; readonly id: number; readonly yaml: string; readonly dryRun: boolean }
  /** Requests to a Service. Answered by a reply with a {@link TrafficReply}. */
  | { readonly type: "traffic"; readonly id: number; readonly command: TrafficCommand }
  /** Why is it so? Answered by a reply with an {@link Explanation}; fails for an object that does not exist. */
  | {
      readonly type: "explain";
      readonly id: number;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  /** Answered by a reply with the {@link ClockState} reached. */
  | {
      readonly type: "clock";
      readonly id: number;
      readonly command: ClockCommand;
    }
  /**
   * Stop the cluster and delete what is stored of it. Answered by a reply with
   * `null`; after it the page ends this worker and boots another. It may come
   * before `ready`: that is the way out when what is stored makes the start fail.
   */
  | { readonly type: "reset"; readonly id: number }
  /** Stop the cluster when everything is stored. Answered by a reply with `null`; after it the worker has ended. */
  | { readonly type: "close"; readonly id: number }
  /** Answered by a reply with `null` when every change so far is stored; fails when storing has stopped. */
  | { readonly type: "flush"; readonly id: number }
  /** Store everything anew after storing had stopped. Answered by a reply with `null`. */
  | { readonly type: "save"; readonly id: number }
  /** Keep a cluster file as a cluster of a name that no other has. Answered by a reply with `null`. */
  | { readonly type: "store"; readonly id: number; readonly cluster: string; readonly archive: Uint8Array }
  /** Answered by a reply with the objects that a user has made, as YAML that kubectl apply takes. */
  | { readonly type: "manifests"; readonly id: number }
  /** Answered by a reply with the {@link Revisions} that can be shown. */
  | { readonly type: "revisions"; readonly id: number }
  /**
   * What the cluster was at a moment: answered by a reply with a {@link PastMoment}.
   * Of a moment before all that is kept it is the earliest, as the frame's time says.
   */
  | { readonly type: "past"; readonly id: number; readonly time: number }
  /** Answered by a reply with the YAML of one object as it was at a revision. */
  | {
      readonly type: "pastManifest";
      readonly id: number;
      readonly revision: number;
      readonly uid: string;
    }
  /** Answered by a reply with every object at that revision. */
  | { readonly type: "at"; readonly id: number; readonly revision: number }
  /**
   * The cluster as one file: now for `revision` null, else as it was. Answered by
   * a reply with its bytes. `page` is a JSON object that comes along.
   */
  | {
      readonly type: "archive";
      readonly id: number;
      readonly revision: number | null;
      /** The changes that led there come along. */
      readonly history: boolean;
      /** What every cluster makes by itself is left out. */
      readonly small: boolean;
      readonly page: string | null;
    }
  /** Is this a cluster file that a cluster could start from? Answered by a reply with an {@link ArchiveSummary}, or by `failed`. */
  | { readonly type: "check"; readonly id: number; readonly archive: Uint8Array };

/** Stages of a start, in order; `restore` is left out when nothing is stored. */
export type BootStage = "download" | "compile" | "start" | "restore" | "controllers";

export interface Version {
  readonly tabernetes: string;
  /** Such as `v1.37.2`. */
  readonly kubernetes: string;
}

/** What each request is answered with. */
export interface ReplyValues {
  readonly apply: ApplyReply;
  readonly explain: Explanation;
  readonly clock: ClockState;
  readonly traffic: TrafficReply;
  readonly reset: null;
  readonly close: null;
  readonly flush: null;
  readonly save: null;
  readonly store: null;
  readonly manifests: string;
  readonly revisions: Revisions;
  readonly past: PastMoment;
  readonly pastManifest: string;
  readonly at: readonly unknown[];
  readonly archive: Uint8Array;
  readonly check: ArchiveSummary;
}

export interface PastMoment {
  /** All that the diagram showed; without events, which carry their own times. */
  readonly frame: Frame;
  /** What the Deployment controller computed, by the Deployment's UID. */
  readonly arithmetic: Readonly<Record<string, Arithmetic>>;
}

/** What a cluster file has in it. */
export interface ArchiveSummary {
  /** The version that made it. */
  readonly kubernetes: string;
  readonly revision: number;
  readonly objects: number;
  /** What the page put there, or null. */
  readonly page: unknown;
}

/** What is wrong with a file from which no cluster can start: the faults of engine/journal/fault.go. */
export type ArchiveFault = "large" | "cutOff" | "foreign" | "newer" | "altered" | "invalid" | "unreadable";

export interface ArchiveRefusal {
  readonly fault: ArchiveFault;
  /** Of `invalid` a path in the file, such as `history[3]`; of `unreadable` the object's key; else empty. */
  readonly at: string;
}

/** Why a cluster is not stored: the reasons of wasm/indexeddb/failure.go. */
export type StorageReason =
  | "denied"
  | "blocked"
  | "full"
  | "evicted"
  | "corrupted"
  | "newer"
  | "aborted"
  | "taken"
  | "failed";

/** The oldest and the newest revision of the store that can be shown. */
export interface Revisions {
  readonly first: number;
  readonly last: number;
}

/** Worker to page. */
export type WorkerMessage =
  /** `loaded` and `total` in bytes, while `download`; `total` absent when the server does not say. */
  | {
      readonly type: "progress";
      readonly stage: BootStage;
      readonly loaded?: number;
      readonly total?: number;
    }
  /** Controllers run. `restored`: objects of an earlier visit are back. */
  | {
      readonly type: "ready";
      readonly version: Version;
      readonly bootMilliseconds: number;
      readonly restored: boolean;
    }
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
  | { readonly type: "end"; readonly id: number }
  /**
   * A request ended with an error; a fetch also in the middle of its body. `refusal`
   * is null unless the error is that of a cluster file.
   */
  | {
      readonly type: "failed";
      readonly id: number;
      readonly message: string;
      readonly refusal: ArchiveRefusal | null;
    }
  /** Answers every request but fetch. */
  | {
      readonly type: "reply";
      readonly id: number;
      readonly value: ReplyValues[keyof ReplyValues];
    }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "timeline"; readonly timeline: TimelineDelta }
  /** On every change, and about four times a host second while time passes. */
  | { readonly type: "clock"; readonly clock: ClockState }
  /** `memory`: as asked; `failed`: objects are not saved, from the start or any more, for a reason. */
  | {
      readonly type: "storage";
      readonly state: "ok" | "memory" | "failed";
      /** Empty unless `failed`. */
      readonly reason: StorageReason | "";
      /** The words of the browser. */
      readonly message: string;
    }
  /** Another tab has the cluster. It does not run here, or not any more; nothing follows. */
  | { readonly type: "taken" }
  /** The control plane is gone. Nothing follows. `refusal` is null unless it could not start from a cluster file. */
  | {
      readonly type: "panic";
      readonly message: string;
      readonly stack: string;
      readonly refusal: ArchiveRefusal | null;
    }
  | {
      readonly type: "log";
      readonly level: "info" | "warning" | "error";
      readonly message: string;
    };

/** The default branch of an exhaustive switch. At run time it is reached only when page and worker are of different builds. */
export function unreachable(value: never): never {
  throw new Error(`message of an unknown kind: ${JSON.stringify(value)}`);
}
