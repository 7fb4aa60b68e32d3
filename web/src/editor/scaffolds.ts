import configMap from "./scaffolds/configmap.yaml";
import cronJob from "./scaffolds/cronjob.yaml";
import daemonSet from "./scaffolds/daemonset.yaml";
import deployment from "./scaffolds/deployment.yaml";
import horizontalPodAutoscaler from "./scaffolds/horizontalpodautoscaler.yaml";
import ingress from "./scaffolds/ingress.yaml";
import job from "./scaffolds/job.yaml";
import limitRange from "./scaffolds/limitrange.yaml";
import namespace from "./scaffolds/namespace.yaml";
import persistentVolumeClaim from "./scaffolds/persistentvolumeclaim.yaml";
import pod from "./scaffolds/pod.yaml";
import podDisruptionBudget from "./scaffolds/poddisruptionbudget.yaml";
import priorityClass from "./scaffolds/priorityclass.yaml";
import resourceQuota from "./scaffolds/resourcequota.yaml";
import secret from "./scaffolds/secret.yaml";
import service from "./scaffolds/service.yaml";
import serviceAccount from "./scaffolds/serviceaccount.yaml";
import statefulSet from "./scaffolds/statefulset.yaml";

/** A manifest to begin with. engine/client/apply tests that the API server accepts each. */
export interface Scaffold {
  readonly kind: string;
  readonly yaml: string;
}

export const SCAFFOLDS: readonly Scaffold[] = [
  { kind: "Deployment", yaml: deployment },
  { kind: "Service", yaml: service },
  { kind: "Pod", yaml: pod },
  { kind: "ConfigMap", yaml: configMap },
  { kind: "Secret", yaml: secret },
  { kind: "StatefulSet", yaml: statefulSet },
  { kind: "DaemonSet", yaml: daemonSet },
  { kind: "Job", yaml: job },
  { kind: "CronJob", yaml: cronJob },
  { kind: "HorizontalPodAutoscaler", yaml: horizontalPodAutoscaler },
  { kind: "PodDisruptionBudget", yaml: podDisruptionBudget },
  { kind: "Ingress", yaml: ingress },
  { kind: "PersistentVolumeClaim", yaml: persistentVolumeClaim },
  { kind: "Namespace", yaml: namespace },
  { kind: "ResourceQuota", yaml: resourceQuota },
  { kind: "LimitRange", yaml: limitRange },
  { kind: "PriorityClass", yaml: priorityClass },
  { kind: "ServiceAccount", yaml: serviceAccount },
];

/** The change that adds a manifest to the end of a text as a document of its own, and where its name stands then. */
export function insertScaffold(
  text: string,
  yaml: string,
): { from: number; insert: string; name: [number, number] } {
  const kept = text.trimEnd();
  const separator = kept === "" ? "" : kept.endsWith("\n---") || kept === "---" ? "\n" : "\n---\n";
  const insert = `${separator}${yaml}`;
  const name = /^ {2}name: (.*)$/m.exec(insert);
  const begin = kept.length + (name === null ? 0 : name.index + "  name: ".length);
  return { from: kept.length, insert, name: [begin, begin + (name?.[1]?.length ?? 0)] };
}
