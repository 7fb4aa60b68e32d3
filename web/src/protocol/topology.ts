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
  readonly kind: "StatefulSet" | "DaemonSet" | "Job" | "CronJob" | "ReplicationController";
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

export interface ClaimItem extends ItemFields {
  readonly kind: "PersistentVolumeClaim";
  /** UIDs of the workloads whose pods mount it. */
  readonly targets: readonly string[];
  /** kubectl's STATUS column, such as `Bound`. */
  readonly status: string;
  readonly bound: boolean;
  /** Of its volume, or what it requests until it has one. */
  readonly capacity: string;
  /** Name of its StorageClass, or empty. */
  readonly class: string;
  /** Name of its volume, or empty. */
  readonly volume: string;
}

/** One that is bound is drawn as part of its claim. */
export interface VolumeItem extends ItemFields {
  readonly kind: "PersistentVolume";
  /** kubectl's STATUS column, such as `Released`. */
  readonly status: string;
  readonly bound: boolean;
  readonly capacity: string;
  /** Name of its StorageClass, or empty. */
  readonly class: string;
  /** What becomes of it when its claim is deleted. */
  readonly reclaimPolicy: string;
  /** The claim that has it or had it last, as `namespace/name`, or empty. */
  readonly claim: string;
}

/** An object of a kind that a CustomResourceDefinition defines. */
export interface CustomItem extends ItemFields {
  readonly kind: "CustomResource";
  /** The kind that the API has, such as `Bakery`, and its group. */
  readonly type: string;
  readonly group: string;
  /** Of the object, in the API. */
  readonly path: string;
  /** UIDs of the workloads that it controls, directly or over custom objects. */
  readonly targets: readonly string[];
  /** Of its status, in their order. */
  readonly conditions: readonly CustomCondition[];
}

export interface CustomCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Whether it tells of something that is not as it should be. */
  readonly troubled: boolean;
}

export type Item =
  | DeploymentItem
  | ReplicaSetItem
  | PodItem
  | NodeItem
  | WorkloadItem
  | ServiceItem
  | AutoscalerItem
  | BudgetItem
  | ClaimItem
  | VolumeItem
  | CustomItem;

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
