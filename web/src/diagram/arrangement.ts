import type {
  DeploymentItem,
  Item,
  NodeItem,
  PodItem,
  ReplicaSetItem,
  ServiceItem,
  WorkloadItem,
} from "../protocol.ts";
import { assignSlots, type Slots, usedLength } from "./slots.ts";

/** Who is at the head of a group: a controller that no other item owns. */
export type HeadItem = DeploymentItem | WorkloadItem | ReplicaSetItem;
/** A controller in the second rank: a Deployment's ReplicaSet, a CronJob's Job. */
export type LaneItem = ReplicaSetItem | WorkloadItem;

export interface PlacedPod {
  readonly pod: PodItem;
  readonly slot: number;
}

/** The pods of one controller. */
export interface Lane {
  readonly key: string;
  /** Null when the pods belong to the group's head itself, or to nobody. */
  readonly item: LaneItem | null;
  /** By slot. */
  readonly pods: readonly PlacedPod[];
  /** Slots to keep room for. */
  readonly length: number;
  /** Slots without a pod that one is wanted in, in order. */
  readonly wanted: readonly number[];
  /** The newest revision of its Deployment, or a lane that is no revision. */
  readonly prominent: boolean;
}

export interface Group {
  readonly key: string;
  /** Null for the pods that no controller owns. */
  readonly head: HeadItem | null;
  readonly lanes: readonly Lane[];
  /** ReplicaSets of older revisions without a pod, newest first. */
  readonly history: readonly ReplicaSetItem[];
  readonly density: Density;
}

/** How large a pod is drawn. */
export type Density = "large" | "medium" | "small";

export interface Arrangement {
  readonly nodes: readonly NodeItem[];
  readonly groups: readonly Group[];
  readonly services: readonly ServiceItem[];
}

/** What an arrangement must remember for the next: nothing may jump. */
export interface Placement {
  readonly slots: ReadonlyMap<string, Slots>;
  readonly densities: ReadonlyMap<string, Density>;
}

export const EMPTY_PLACEMENT: Placement = { slots: new Map(), densities: new Map() };

/** Key of the group of the pods that no controller owns. */
export const UNOWNED = "unowned";

/** The most pods of a group that are drawn large, and medium. */
const LARGE_LIMIT = 12;
const MEDIUM_LIMIT = 60;
/** A passing excess, such as pods that terminate, does not make everything smaller at once. */
const TOLERANCE = 1.5;

/** Sorts the items into groups, lanes and slots. Pure: the next placement goes with the result. */
export function arrange(
  items: ReadonlyMap<string, Item>,
  previous: Placement,
): { arrangement: Arrangement; placement: Placement } {
  const sorted = sort(items);
  const slots = new Map<string, Slots>();
  const densities = new Map<string, Density>();

  const lane = (key: string, item: LaneItem | null, wantedLength: number, prominent: boolean): Lane => {
    const pods = sorted.podsOf(key);
    const assigned = assignSlots(
      previous.slots.get(key) ?? new Map(),
      pods.map((pod) => pod.uid),
    );
    slots.set(key, assigned);
    return placed(key, item, pods, assigned, wantedLength, prominent);
  };

  const group = (head: HeadItem): Group => {
    const { lanes, history } = lanesOf(head, sorted, lane);
    const planned = plannedPods(head);
    const density = chooseDensity(previous.densities.get(head.uid), planned, podCount(lanes));
    densities.set(head.uid, density);
    return { key: head.uid, head, lanes, history, density };
  };

  const groups = sorted.heads.map(group);
  if (sorted.podsOf(UNOWNED).length > 0) {
    const lanes = [lane(UNOWNED, null, 0, true)];
    const density = chooseDensity(previous.densities.get(UNOWNED), 0, podCount(lanes));
    densities.set(UNOWNED, density);
    groups.push({ key: UNOWNED, head: null, lanes, history: [], density });
  }
  return {
    arrangement: { nodes: sorted.nodes, groups, services: sorted.services },
    placement: { slots, densities },
  };
}

/** The size for `planned` pods; `present` counts those that only pass, too. Not undone before there is room again. */
export function chooseDensity(previous: Density | undefined, planned: number, present: number): Density {
  const fits = (density: Density, tolerance: number) =>
    planned <= LIMITS[density] && present <= LIMITS[density] * tolerance;
  const tolerance = (density: Density) =>
    previous === undefined || RANKS[density] >= RANKS[previous] ? TOLERANCE : 1;
  return (["large", "medium"] as const).find((density) => fits(density, tolerance(density))) ?? "small";
}

const LIMITS: Readonly<Record<Density, number>> = {
  large: LARGE_LIMIT,
  medium: MEDIUM_LIMIT,
  small: Number.POSITIVE_INFINITY,
};
const RANKS: Readonly<Record<Density, number>> = { large: 0, medium: 1, small: 2 };

interface Sorted {
  readonly nodes: readonly NodeItem[];
  readonly services: readonly ServiceItem[];
  readonly heads: readonly HeadItem[];
  /** The pods of a controller, or of {@link UNOWNED}, oldest first. */
  podsOf(owner: string): readonly PodItem[];
  lanesOf(owner: string): readonly LaneItem[];
}

function sort(items: ReadonlyMap<string, Item>): Sorted {
  const nodes: NodeItem[] = [];
  const services: ServiceItem[] = [];
  const heads: HeadItem[] = [];
  const pods = new Map<string, PodItem[]>();
  const lanes = new Map<string, LaneItem[]>();
  const owned = (item: Item) => item.owner !== "" && items.has(item.owner);
  const push = <Value>(map: Map<string, Value[]>, key: string, value: Value) => {
    const list = map.get(key);
    if (list === undefined) {
      map.set(key, [value]);
    } else {
      list.push(value);
    }
  };
  for (const item of items.values()) {
    switch (item.kind) {
      case "Node":
        nodes.push(item);
        break;
      case "Service":
        services.push(item);
        break;
      case "Pod":
        push(pods, owned(item) ? item.owner : UNOWNED, item);
        break;
      case "Deployment":
        heads.push(item);
        break;
      default:
        if (owned(item)) {
          push(lanes, item.owner, item);
        } else {
          heads.push(item);
        }
    }
  }
  for (const list of pods.values()) {
    list.sort(byAge);
  }
  return {
    nodes: nodes.sort((one, other) => compare(one.name, other.name)),
    services: services.filter(isOfInterest).sort(byAge),
    heads: heads.sort(byAge),
    podsOf: (owner) => pods.get(owner) ?? [],
    lanesOf: (owner) => lanes.get(owner) ?? [],
  };
}

/** The cluster's own Service is in every cluster and nobody made it. */
function isOfInterest(service: ServiceItem): boolean {
  return service.namespace !== "default" || service.name !== "kubernetes";
}

type MakeLane = (key: string, item: LaneItem | null, wantedLength: number, prominent: boolean) => Lane;

function lanesOf(
  head: HeadItem,
  sorted: Sorted,
  lane: MakeLane,
): { lanes: Lane[]; history: ReplicaSetItem[] } {
  if (head.kind !== "Deployment" && head.kind !== "CronJob") {
    return { lanes: [lane(head.uid, null, head.desired, true)], history: [] };
  }
  const history: ReplicaSetItem[] = [];
  const lanes: Lane[] = [];
  for (const item of [...sorted.lanesOf(head.uid)].sort(newestFirst)) {
    if (item.kind === "ReplicaSet" && isHistory(item, sorted.podsOf(item.uid).length)) {
      history.push(item);
    } else {
      const active = item.kind !== "ReplicaSet" || item.active;
      const wanted =
        active && head.kind === "Deployment" ? Math.max(head.desired, item.desired) : item.desired;
      lanes.push(lane(item.uid, item, wanted, active));
    }
  }
  return { lanes, history };
}

function isHistory(item: ReplicaSetItem, pods: number): boolean {
  return !item.active && item.desired === 0 && item.current === 0 && pods === 0;
}

function placed(
  key: string,
  item: LaneItem | null,
  pods: readonly PodItem[],
  slots: Slots,
  wantedLength: number,
  prominent: boolean,
): Lane {
  const filled = new Set(slots.values());
  const staying = pods.filter((pod) => pod.deleting === 0).length;
  const wanted: number[] = [];
  for (let slot = 0; staying + wanted.length < wantedLength; slot++) {
    if (!filled.has(slot)) {
      wanted.push(slot);
    }
  }
  return {
    key,
    item,
    pods: pods
      .map((pod) => ({ pod, slot: slots.get(pod.uid) ?? 0 }))
      .sort((one, other) => one.slot - other.slot),
    length: Math.max(usedLength(slots), (wanted.at(-1) ?? -1) + 1),
    wanted,
    prominent,
  };
}

function plannedPods(head: HeadItem): number {
  const surge = head.kind === "Deployment" && head.strategy === "RollingUpdate" ? head.maxSurge : 0;
  return head.desired + surge;
}

function podCount(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, lane) => sum + lane.pods.length, 0);
}

function byAge(one: Item, other: Item): number {
  return (
    one.created - other.created || compare(one.namespace, other.namespace) || compare(one.name, other.name)
  );
}

function newestFirst(one: LaneItem, other: LaneItem): number {
  if (one.kind === "ReplicaSet" && other.kind === "ReplicaSet") {
    return Number(other.active) - Number(one.active) || other.revision - one.revision || byAge(other, one);
  }
  return byAge(other, one);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
