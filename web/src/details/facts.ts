import { kindOf } from "../client/resources.ts";
import { shortDuration } from "../language/duration.ts";
import type { Text } from "../language/text.ts";
import type { ClaimItem, CustomCondition, DeploymentItem, Item, VolumeItem } from "../protocol/topology.ts";

/** Name and value of what the details show above the YAML. `items` are those of the cluster, `now` is cluster time. */
export function factsOf(
  item: Item,
  items: ReadonlyMap<string, Item>,
  now: number,
  text: Text,
): [string, string][] {
  const { facts } = text;
  const rows: [string, string][] = [];
  const add = (name: string, value: string | number) => {
    if (value !== "") {
      rows.push([name, String(value)]);
    }
  };
  add(facts.namespace, item.namespace);
  const owner = items.get(item.owner);
  if (owner !== undefined) {
    add(facts.owner, `${kindOf(owner)}/${owner.name}`);
  }
  switch (item.kind) {
    case "Deployment":
      add(facts.replicas, `${item.available} / ${item.desired} ${text.available}`);
      add(facts.strategy, strategyFact(item, text));
      add(facts.minReadySeconds, item.minReadySeconds === 0 ? "" : text.seconds(item.minReadySeconds));
      add(facts.revision, item.revision);
      add(facts.progressing, item.progressing);
      add(facts.image, item.images.join("\n"));
      break;
    case "ReplicaSet":
      add(facts.replicas, `${item.ready} / ${item.desired}`);
      add(facts.revision, item.revision === 0 ? "" : item.revision);
      add(facts.templateHash, item.hash);
      add(facts.image, item.images.join("\n"));
      break;
    case "Pod":
      add(facts.status, item.status);
      add(facts.ready, item.readyText);
      add(facts.restarts, item.restarts);
      add(facts.node, item.node === "" ? text.notScheduled : item.node);
      add(facts.ip, item.ip);
      add(facts.image, item.images.join("\n"));
      break;
    case "Node":
      add(facts.status, item.status);
      add(facts.pods, item.podCount);
      add(facts.ip, item.internalIP);
      add(facts.podCIDR, item.podCIDR);
      break;
    case "Service":
      add(facts.type, item.type);
      add(facts.clusterIP, item.clusterIP);
      add(facts.ports, item.ports);
      add(facts.endpoints, text.endpointsOf(item.ready, item.endpoints));
      break;
    case "HorizontalPodAutoscaler":
      add(facts.replicas, text.scaled(item.current, item.minimum, item.maximum));
      add(facts.desired, item.desired);
      add(facts.metrics, item.metrics);
      add(facts.status, item.trouble);
      break;
    case "PodDisruptionBudget":
      add(facts.minAvailable, item.minAvailable);
      add(facts.maxUnavailable, item.maxUnavailable);
      add(facts.pods, text.healthyOf(item.healthy, item.least));
      add(facts.status, text.evictable(item.allowed));
      break;
    case "PersistentVolumeClaim":
      add(facts.status, item.status);
      add(facts.capacity, item.capacity);
      add(facts.storageClass, item.class);
      add(facts.volume, item.volume);
      add(facts.reclaimPolicy, volumeOf(item, items)?.reclaimPolicy ?? "");
      break;
    case "PersistentVolume":
      add(facts.status, item.status);
      add(facts.capacity, item.capacity);
      add(facts.storageClass, item.class);
      add(facts.reclaimPolicy, item.reclaimPolicy);
      add(facts.claim, item.claim);
      break;
    case "CustomResource":
      add(facts.group, item.group);
      add(facts.conditions, item.conditions.map(conditionFact).join("\n"));
      break;
    default:
      add(facts.replicas, `${item.ready} / ${item.desired}`);
      add(facts.image, item.images.join("\n"));
  }
  add(facts.age, shortDuration(now - item.created));
  return rows;
}

function volumeOf({ volume }: ClaimItem, items: ReadonlyMap<string, Item>): VolumeItem | undefined {
  for (const item of items.values()) {
    if (item.kind === "PersistentVolume" && item.name === volume) {
      return item;
    }
  }
  return undefined;
}

function conditionFact({ type, status, reason, message }: CustomCondition): string {
  const why = [reason, message].filter((part) => part !== "").join(": ");
  return `${type}=${status}${why === "" ? "" : ` (${why})`}`;
}

function strategyFact(item: DeploymentItem, text: Text): string {
  if (item.strategy === "Recreate") {
    return "Recreate";
  }
  return `RollingUpdate, ${text.strategy(
    written(item.maxSurgeText, item.maxSurge),
    written(item.maxUnavailableText, item.maxUnavailable),
  )}`;
}

/** `25% (1)`, and just `1` when that is what was written. */
function written(asWritten: string, resolved: number): string {
  return asWritten === "" || asWritten === String(resolved) ? String(resolved) : `${asWritten} (${resolved})`;
}
