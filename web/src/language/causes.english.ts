import type { CauseLink } from "../protocol/diagnosis.ts";

/** The parameters of a cause, in the form that its sentence needs. */
export class CauseParameters {
  readonly #values: CauseLink["parameters"];

  constructor(values: CauseLink["parameters"]) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values[name];
    return Array.isArray(value) ? value.join(", ") : String(value ?? "");
  }

  number(name: string): number {
    return Number(this.#values[name] ?? 0);
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : value === undefined || value === "" ? [] : [String(value)];
  }
}

/** Puts a cause into words. */
export type CauseSentence = (is: CauseParameters) => string;

const pods = (count: number) => (count === 1 ? "1 pod" : `${count} pods`);
const nodes = (count: number) => (count === 1 ? "1 node" : `${count} nodes`);

/** A sentence for every reason of engine/view/diagnose/reasons.go; a test compares the keys. */
export const englishCauses: Readonly<Record<string, CauseSentence>> = {
  Finalizers: (is) =>
    `It is deleted only when its finalizers are gone: ${is.text("finalizers")}. Whoever set them has to remove them.`,
  NotObserved: (is) =>
    `Its controller has not seen the newest spec yet (generation ${is.text("observed")} of ${is.text("generation")}).`,

  ConditionReported: (is) =>
    `Its controller reports ${is.text("condition")}=${is.text("status")}${is.text("reason") === "" ? "" : ` (${is.text("reason")})`}${is.text("message") === "" ? "." : `: ${is.text("message")}`}`,
  WorkloadTroubled: (is) =>
    `The ${is.text("kind")} ${is.text("name")} belongs to it and is not as it should be.`,
  NobodyActs: (is) =>
    `The API server keeps the ${is.text("kind")}; no controller has written a status or made anything for it yet. A definition brings a kind, not a program that acts on it.`,

  DeploymentPaused: (is) =>
    `The rollout is paused with ${is.text("updated")} of ${is.text("desired")} pods updated. Resume it to go on.`,
  ProgressDeadlineExceeded: (is) =>
    `The rollout made no progress for ${is.text("seconds")} s, so it counts as failed: ${is.text("updated")} of ${is.text("desired")} pods updated, ${is.text("available")} available. The controller keeps trying.`,
  RolloutIncomplete: (is) =>
    `The rollout is not complete: ${is.text("updated")} of ${is.text("desired")} pods updated, ${is.text("available")} available.`,
  RolloutBound: (is) =>
    `The controller can neither add nor remove pods: there are ${is.text("total")} of at most ${is.text("ceiling")}, and ${is.text("available")} are available where at least ${is.text("floor")} must be. It waits for new pods to become available.`,

  CreateRefused: (is) =>
    `The API server refuses to create ${pods(is.number("missing"))} of ${is.text("desired")}.`,
  AdmissionRefused: () => "Admission does not let such a pod in. The message says what it objects to.",
  PodsUnavailable: (is) =>
    `${pods(is.number("count"))} of ${is.text("desired")} cannot be counted as available.`,
  Scaling: (is) =>
    `It has ${is.text("current")} of ${is.text("desired")} pods and is creating or deleting the others.`,
  OrderedPods: (is) =>
    `Pods are made one after the other: ${is.text("pod")} must be ready first. ${is.text("current")} of ${is.text("desired")} exist.`,
  UpdateOnDelete: (is) =>
    `The update strategy is OnDelete: ${is.text("updated")} of ${is.text("desired")} pods are updated, the others only when somebody deletes them.`,
  UpdatePartition: (is) =>
    `The partition ${is.text("partition")} keeps pods of lower ordinals at the old revision: ${is.text("updated")} of ${is.text("desired")} are updated.`,
  NoNodeSelected: (is) => `No node matches ${is.text("selector")}, so it runs nowhere.`,
  JobFailed: (is) => `The Job has failed (${is.text("reason")}) after ${is.text("failed")} failed pods.`,
  JobRunning: (is) => `The Job runs: ${is.text("succeeded")} of ${is.text("desired")} completions.`,
  Suspended: () => "It is suspended and starts nothing until it is resumed.",
  ScheduleNotUsable: (is) => `The schedule ${is.text("schedule")} cannot be followed.`,
  QuotaExceeded: (is) =>
    `The quota ${is.text("quota")} is used up: used ${is.text("used")}, limited to ${is.text("limited")}, and one pod more asks for ${is.text("requested")}.`,
  QuotaUnspecified: (is) =>
    `The quota ${is.text("quota")} counts what its pods do not state: ${is.text("missing")}. State it in the pod template, or give the namespace a LimitRange with defaults.`,
  LimitRangeRefused: (is) =>
    `A LimitRange of the namespace does not let such a pod in: ${is.text("message")}.`,
  PodSecurityRefused: (is) =>
    `Pod Security admission does not let such a pod in: a label of the namespace enforces ${is.text("level")}, and the pod violates it: ${is.text("message")}.`,
  PolicyRefused: (is) =>
    `The ${is.text("kind")} ${is.text("policy")}, put in force by the binding ${is.text("binding")}, does not let such a pod in: ${is.text("message")}`,
  WebhookRefused: (is) =>
    `The admission webhook ${is.text("webhook")} does not let such a pod in: ${is.text("message")}`,
  WebhookFailed: (is) =>
    `The admission webhook ${is.text("webhook")} does not answer, and its failurePolicy lets no pod in without it: ${is.text("message")}`,
  ServiceAccountMissing: (is) =>
    `The pods are to run as the service account ${is.text("account")}, which the namespace ${is.text("namespace")} does not have.`,
  ScalerNotActive: (is) => `The autoscaler cannot work (${is.text("reason")}).`,
  ScalingLimited: (is) =>
    `The autoscaler would scale further, but its limits stop it (${is.text("reason")}).`,
  TerminatingReplica: (is) => `${pods(is.number("count"))} of it still terminate.`,

  NotScheduledYet: () => "The scheduler has not chosen a node yet.",
  SchedulingGated: (is) => `Scheduling gates hold it back: ${is.text("gates")}.`,
  Unschedulable: (is) => `The scheduler finds no node for it among ${nodes(is.number("nodes"))}.`,
  InsufficientResource: (is) =>
    `It asks for ${is.text("requested")} ${is.text("resource")}; the node with most room has ${is.text("free")} left. That rules out ${nodes(is.number("nodes"))}.`,
  TooManyPods: (is) => `${nodes(is.number("nodes"))} already run as many pods as they may.`,
  UntoleratedTaint: (is) => `It does not tolerate the taint ${is.text("taints")} of ${is.text("nodes")}.`,
  NodesCordoned: (is) => `${is.text("names")} is cordoned: no new pod goes there.`,
  NodeSelector: (is) => `It may only run where ${is.text("selector")}; that rules out ${is.text("nodes")}.`,
  SchedulerRefused: (is) => `The scheduler says: ${is.text("message")}`,

  VolumeUnbound: (is) => `The volume claim ${is.text("claim")} is not bound to a volume.`,
  ClaimMissing: (is) => `There is no volume claim ${is.text("claim")} in its namespace.`,
  VolumeElsewhere: (is) =>
    `The volume of ${is.text("claims")} is on another node: that rules out ${nodes(is.number("nodes"))}.`,
  NoStorageClass: (is) =>
    `It names no storage class, and no volume without one offers ${is.text("requested")}. Nobody makes one for it.`,
  StorageClassMissing: (is) =>
    `There is neither a storage class ${is.text("class")} nor a volume of that class.`,
  WaitsForFirstPod: (is) =>
    `The class ${is.text("class")} makes a volume when the first pod that uses the claim has a node.`,
  NoFittingVolume: (is) =>
    is.text("volumes") === ""
      ? `Nobody makes volumes of the class ${is.text("class")}, and there is none that fits (${is.text("requested")}).`
      : `Nobody makes volumes of the class ${is.text("class")}, and those there are do not fit: ${is.text("volumes")}.`,
  Provisioning: (is) => `${is.text("provisioner")} is making a volume for it.`,
  ProvisioningFailed: (is) => `${is.text("provisioner")} could not make a volume: ${is.text("message")}`,
  ProvisionerSilent: (is) =>
    `${is.text("provisioner")} has not made a volume yet. Does that provisioner run in this cluster?`,
  VolumeLost: (is) => `Its volume ${is.text("volume")} is gone, and the data with it.`,
  ClaimInUse: (is) => `It is being deleted once no pod uses it any more: ${is.text("pods")}.`,
  VolumeReleased: (is) =>
    `Its claim ${is.text("claim")} is gone. The reclaim policy Retain keeps the data; nobody can claim it until the claimRef is removed.`,
  VolumeFailed: (is) => `The volume could not be reclaimed: ${is.text("message")}`,

  ContainerWaiting: (is) => `The container ${is.text("container")} does not start: ${is.text("reason")}.`,
  ContainerCreating: (is) =>
    `The node prepares the container ${is.text("container")} from ${is.text("image")}.`,
  ImageNotFound: (is) => `The registry does not have the image ${is.text("image")}. Is the tag right?`,
  ImageAccessDenied: (is) =>
    `The registry does not give ${is.text("image")} to the node without credentials (imagePullSecrets), or it does not exist.`,
  RegistryUnreachable: (is) => `The node cannot reach the registry of ${is.text("image")}.`,
  ImageNameInvalid: (is) => `${is.text("image")} is no valid image name.`,
  ImageNeverPulled: (is) =>
    `The pull policy is Never and ${is.text("node")} does not have ${is.text("image")}.`,
  ImagePullFailed: (is) => `The node could not pull ${is.text("image")}.`,
  ConfigMissing: (is) => `The ${is.text("kind")} ${is.text("name")} that it refers to does not exist.`,
  ConfigKeyMissing: (is) => `The ${is.text("kind")} ${is.text("name")} has no key ${is.text("key")}.`,
  ContainerCannotStart: (is) => `The container runtime cannot start ${is.text("container")}.`,
  CrashLoop: (is) =>
    `The container ${is.text("container")} ends again and again (${is.text("restarts")} restarts); the node waits longer before each new try.`,
  ContainerExited: (is) =>
    `Its process ended with exit code ${is.text("code")}. The log of the last run tells why.`,
  OutOfMemory: (is) =>
    is.text("limit") === ""
      ? `The kernel killed ${is.text("container")}: the node ran out of memory.`
      : `The kernel killed ${is.text("container")}: it used more than its memory limit of ${is.text("limit")}.`,
  LivenessProbeFailing: (is) =>
    `The node kills ${is.text("container")} because its liveness probe fails (${is.text("probe")}).`,
  StartupProbeFailing: (is) =>
    `The startup probe of ${is.text("container")} has not succeeded yet (${is.text("probe")}).`,
  ReadinessProbeFailing: (is) =>
    `The readiness probe of ${is.text("container")} fails (${is.text("probe")}).`,
  ProbePending: (is) => `A probe of ${is.text("container")} has not answered yet (${is.text("probe")}).`,
  InitContainerRunning: (is) => `The init container ${is.text("container")} has to end first.`,
  PodNotReady: (is) =>
    is.list("containers").length === 0
      ? "The pod is not ready."
      : `The pod runs but is not ready: ${is.text("containers")}.`,
  ReadinessGate: (is) =>
    `It waits for the condition ${is.text("condition")}, which something outside of it has to set.`,
  MinReadySeconds: (is) =>
    `It is ready and counts as available after ${is.text("seconds")} s: ${is.text("remaining")} s to go.`,
  PodFailed: (is) => `The pod has failed (${is.text("reason")}) and is not started again.`,
  Terminating: (is) =>
    is.number("remaining") === 0
      ? "It terminates; its grace period is over."
      : `It terminates; its processes have up to ${is.text("remaining")} s to end before they are killed.`,
  ContainerNotRestarting: (is) =>
    `${is.text("container")} ended with exit code ${is.text("code")} and is not started again (restartPolicy ${is.text("policy")}).`,

  NodeDown: (is) =>
    is.text("status") === "NotFound"
      ? `The node ${is.text("node")} is gone.`
      : `The node ${is.text("node")} is not ready (${is.text("status")}): nobody there starts or stops containers, or reports them.`,
  NodeCordoned: (is) =>
    `The node is cordoned: it takes no new pods. ${pods(is.number("pods"))} still run there.`,
  DrainBlocked: (is) => `A drain cannot go on: a disruption budget guards ${is.text("pods")}.`,
  DisruptionsNotAllowed: (is) =>
    `The budget allows no eviction: ${is.text("healthy")} of ${is.text("expected")} pods are healthy and ${is.text("desired")} have to be.`,
  BudgetSelectsNoPods: (is) => `No pod matches its selector ${is.text("selector")}, so it guards nothing.`,

  NoEndpoints: () => "The Service has no ready endpoint: requests to it fail.",
  SelectorMatchesNone: (is) => `No pod has the labels of its selector: ${is.text("selector")}.`,
  NoPodReady: (is) => `Its selector matches ${pods(is.number("pods"))}, and none is ready.`,
  TargetPortMissing: (is) => `No container of its pods has a port named ${is.text("port")}.`,
  NamespaceTerminating: () => "The namespace is being deleted with all that is in it.",
};
