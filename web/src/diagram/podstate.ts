import type { PodItem } from "../protocol/topology.ts";

/** The states in which pods are drawn. Each has its own icon shape, text and colour. */
export type PodState =
  | "pending"
  | "creating"
  | "starting"
  | "ready"
  | "terminating"
  | "failing"
  | "succeeded";

/** In the order of a pod's life; the legend keeps it. */
export const POD_STATES: readonly PodState[] = [
  "pending",
  "creating",
  "starting",
  "ready",
  "terminating",
  "failing",
  "succeeded",
];

/** Reasons in kubectl's STATUS column that end in neither Error nor BackOff and still mean that something is wrong. */
const FAILING_STATUSES: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "OOMKilled",
  "Evicted",
  "Failed",
  "DeadlineExceeded",
  "ContainerCannotRun",
  "ContainerStatusUnknown",
  "NodeLost",
  "Unknown",
]);

/** Items are replaced when they change, never changed: a state is found once. */
const known = new WeakMap<PodItem, PodState>();

export function podState(pod: PodItem): PodState {
  let state = known.get(pod);
  if (state === undefined) {
    state = findState(pod);
    known.set(pod, state);
  }
  return state;
}

function findState(pod: PodItem): PodState {
  if (pod.deleting !== 0) {
    return "terminating";
  }
  if (pod.phase === "Succeeded") {
    return "succeeded";
  }
  if (pod.phase === "Failed" || isFailing(pod.status)) {
    return "failing";
  }
  if (pod.phase === "Pending") {
    return pod.node === "" ? "pending" : "creating";
  }
  if (pod.phase === "Unknown") {
    return "failing";
  }
  return pod.ready ? "ready" : "starting";
}

/** An init container's trouble is written `Init:CrashLoopBackOff`. */
function isFailing(status: string): boolean {
  const reason = status.startsWith("Init:") ? status.slice("Init:".length) : status;
  return (
    FAILING_STATUSES.has(reason) || /(?:Error|BackOff)$/.test(reason) || /^(?:Signal|ExitCode):/.test(reason)
  );
}
