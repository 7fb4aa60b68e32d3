import { kindOf } from "../client/resources.ts";
import type { Text } from "../language/text.ts";
import type { CustomItem, DeploymentItem, Item, ReplicaSetItem, WorkloadItem } from "../protocol/topology.ts";
import { podState } from "./podstate.ts";
import type { Box } from "./scene.ts";

/**
 * The words for what is drawn: labels for screen readers, and the line about
 * what is under the pointer.
 */

/** Such as `nginx:v1` of `registry.example/team/nginx:v1`; the digest, if any, is left out. */
export function shortImage(image: string): string {
  const name = image.split("@")[0] ?? image;
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Such as `v1`; the short image when it has no tag. */
export function imageTag(image: string): string {
  const short = shortImage(image);
  const colon = short.indexOf(":");
  return colon === -1 ? short : short.slice(colon + 1);
}

/** The label of a box: what it is, then how it is. */
export function describeBox(box: Box, text: Text): string {
  switch (box.type) {
    case "unowned":
      return `${text.unowned}, ${text.pods(box.count)}`;
    case "unscheduled":
      return `${text.onNoNode}, ${text.pods(box.count)}`;
    case "older":
      return text.older(box.count);
    case "history":
      return `ReplicaSet ${box.item.name}, ${text.historyItem(box.item.revision, tags(box.item.images))}`;
    case "pod":
      return `Pod ${box.item.name}, ${[...podWords(box, text)].join(", ")}`;
    default:
      return `${kindOf(box.item)} ${box.item.name}, ${itemWords(box.item, text).join(", ")}`;
  }
}

function* podWords(box: Extract<Box, { type: "pod" }>, text: Text): Generator<string> {
  const { item } = box;
  const state = text.podStates[podState(item)];
  yield item.status.toLowerCase() === state ? item.status : `${item.status}, ${state}`;
  yield item.readyText;
  yield item.node === "" ? text.notScheduled : text.onNode(item.node);
  if (box.revision > 0) {
    yield text.revision(box.revision);
  }
  if (item.services.length > 0) {
    yield text.servedBy(item.services.join(", "));
  }
  if (item.restarts > 0) {
    yield text.restarts(item.restarts);
  }
}

function itemWords(item: Item, text: Text): string[] {
  switch (item.kind) {
    case "Deployment":
      return [
        text.availableOf(item.available, item.desired),
        text.revision(item.revision),
        rolloutWord(item, text),
        strategyWords(item, text),
      ];
    case "ReplicaSet":
      return [
        ...(item.revision > 0 ? [text.revision(item.revision)] : []),
        tags(item.images),
        text.currentOf(item.current, item.desired),
        text.readyOf(item.ready, item.desired),
      ];
    case "Node":
      return [text.simulatedNode, item.status, text.podsOnNode(item.podCount)];
    case "Service":
      return [item.type, item.clusterIP, item.ports, text.endpointsOf(item.ready, item.endpoints)];
    case "HorizontalPodAutoscaler":
      return [
        text.scaled(item.current, item.minimum, item.maximum),
        ...(item.desired === item.current ? [] : [text.wants(item.desired)]),
        item.metrics,
        ...(item.trouble === "" ? [] : [item.trouble]),
      ];
    case "PodDisruptionBudget":
      return [text.evictable(item.allowed), text.healthyOf(item.healthy, item.least)];
    case "PersistentVolumeClaim":
      return [item.status, item.capacity, ...(item.class === "" ? [] : [item.class])];
    case "PersistentVolume":
      return [item.status, item.capacity, item.reclaimPolicy];
    case "CustomResource":
      return [text.customResource, conditionWords(item, text)];
    case "Pod":
      return [item.status, item.readyText];
    case "CronJob":
      return [cronWord(item, text)];
    default:
      return [tags(item.images), workloadWords(item, text), text.currentOf(item.current, item.desired)];
  }
}

/** The conditions of a custom object, those that tell of trouble first. */
export function conditionWords({ conditions }: CustomItem, text: Text): string {
  if (conditions.length === 0) {
    return text.noConditions;
  }
  return [...conditions]
    .sort((one, other) => Number(other.troubled) - Number(one.troubled))
    .map(({ type, status, reason, troubled }) =>
      troubled && reason !== "" ? `${type}=${status} (${reason})` : `${type}=${status}`,
    )
    .join(", ");
}

/** A CronJob wants jobs by its schedule, or none while it is suspended: then `desired` is 0. */
export function cronWord(item: WorkloadItem, text: Text): string {
  return item.desired === 0 ? text.suspended : text.activeJobs(item.current);
}

/** How far a workload that is no Deployment has come. */
export function workloadWords(item: ReplicaSetItem | WorkloadItem, text: Text): string {
  switch (item.kind) {
    case "Job":
      return [
        text.completedOf(item.ready, item.desired),
        ...(item.failed > 0 ? [text.failedPods(item.failed)] : []),
      ].join(", ");
    case "StatefulSet":
    case "DaemonSet":
      return item.updated === item.desired
        ? text.readyOf(item.ready, item.desired)
        : `${text.readyOf(item.ready, item.desired)}, ${text.updatedPods(item.updated)}`;
    default:
      return text.readyOf(item.ready, item.desired);
  }
}

/** One word or two for how far the rollout is. */
export function rolloutWord(item: DeploymentItem, text: Text): string {
  if (item.paused) {
    return text.rolloutPaused;
  }
  return item.settled ? text.rolloutComplete : text.rollingOut;
}

export function strategyWords(item: DeploymentItem, text: Text): string {
  return item.strategy === "Recreate"
    ? text.recreate
    : text.strategy(String(item.maxSurge), String(item.maxUnavailable));
}

export function tags(images: readonly string[]): string {
  return images.map(imageTag).join(", ");
}

/** A sentence or two on the whole cluster, for the polite live region. */
export function summarize(items: Iterable<Item>, text: Text): string {
  const sentences: string[] = [];
  const counts = new Map<string, number>();
  let pods = 0;
  for (const item of items) {
    if (item.kind === "Deployment") {
      sentences.push(
        `${item.name}: ${text.availableOf(item.available, item.desired)}, ${text.revision(item.revision)}, ${rolloutWord(item, text)}`,
      );
    } else if (item.kind === "Pod") {
      pods++;
      const state = text.podStates[podState(item)];
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  }
  if (pods > 0) {
    const states = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
    sentences.push(`${text.pods(pods)}: ${states}`);
  }
  return sentences.length === 0 ? text.clusterIsEmpty : `${sentences.join(". ")}.`;
}
