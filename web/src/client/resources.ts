import type { Item, ItemKind } from "../protocol/topology.ts";

type BuiltinKind = Exclude<ItemKind, "CustomResource">;

interface Resource {
  /** Path of the group and version. */
  readonly prefix: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The API paths of the built-in kinds that appear in frames. */
const RESOURCES: Readonly<Record<BuiltinKind, Resource>> = {
  Deployment: { prefix: "/apis/apps/v1", plural: "deployments", namespaced: true },
  ReplicaSet: { prefix: "/apis/apps/v1", plural: "replicasets", namespaced: true },
  StatefulSet: { prefix: "/apis/apps/v1", plural: "statefulsets", namespaced: true },
  DaemonSet: { prefix: "/apis/apps/v1", plural: "daemonsets", namespaced: true },
  Job: { prefix: "/apis/batch/v1", plural: "jobs", namespaced: true },
  CronJob: { prefix: "/apis/batch/v1", plural: "cronjobs", namespaced: true },
  Pod: { prefix: "/api/v1", plural: "pods", namespaced: true },
  Service: { prefix: "/api/v1", plural: "services", namespaced: true },
  HorizontalPodAutoscaler: {
    prefix: "/apis/autoscaling/v2",
    plural: "horizontalpodautoscalers",
    namespaced: true,
  },
  PodDisruptionBudget: { prefix: "/apis/policy/v1", plural: "poddisruptionbudgets", namespaced: true },
  ReplicationController: { prefix: "/api/v1", plural: "replicationcontrollers", namespaced: true },
  PersistentVolumeClaim: { prefix: "/api/v1", plural: "persistentvolumeclaims", namespaced: true },
  PersistentVolume: { prefix: "/api/v1", plural: "persistentvolumes", namespaced: false },
  Node: { prefix: "/api/v1", plural: "nodes", namespaced: false },
};

/** The path of one object, for `Client.fetch`. */
export function resourcePath(
  item: { kind: BuiltinKind; namespace: string; name: string } | { kind: "CustomResource"; path: string },
): string {
  if (item.kind === "CustomResource") {
    return item.path;
  }
  const { prefix, plural, namespaced } = RESOURCES[item.kind];
  const namespace = namespaced ? `/namespaces/${encodeURIComponent(item.namespace)}` : "";
  return `${prefix}${namespace}/${plural}/${encodeURIComponent(item.name)}`;
}

/** The kind of an object in the API. */
export function kindOf(item: Item): string {
  return item.kind === "CustomResource" ? item.type : item.kind;
}
