import type {
  AutoscalerItem,
  BudgetItem,
  ClaimItem,
  CustomItem,
  DeploymentItem,
  Item,
  NodeItem,
  PodItem,
  ReplicaSetItem,
  ServiceItem,
  VolumeItem,
  WorkloadItem,
} from "../protocol/topology.ts";
import { assignSlots, type Slots, usedLength } from "./slots.ts";

/** Who is at the head of a group: a controller that no other item owns. */
export type HeadItem = DeploymentItem | WorkloadItem | ReplicaSetItem;
/** A controller in the second rank: a Deployment's ReplicaSet, a CronJob's Job. */
export type LaneItem = ReplicaSetItem | WorkloadItem;

/** The objects beside a workload: those that it belongs to, send it requests, scale it, protect it or keep its files. A volume without a claim stands by none. */
export type CompanionItem = ServiceItem | AutoscalerItem | BudgetItem | ClaimItem | VolumeItem | CustomItem;

export interface PlacedPod {
  readonly pod: PodItem;
  readonly slot: number;
  /** Its ReplicaSet; null for a pod of anything else. */
  readonly set: ReplicaSetItem | null;
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
  /** Empty slots in which a pod is wanted, in order. */
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
  readonly companions: readonly CompanionItem[];
  readonly density: Density;
  readonly podCount: number;
}

/** A node with its pods, or those that are on no node. */
export interface Machine {
  readonly key: string;
  readonly node: NodeItem | null;
  /** By slot. */
  readonly pods: readonly PlacedPod[];
  readonly length: number;
}

/** Where the pods stand. */
export type Grouping = "controller" | "node";

/** How large a pod is drawn. */
export type Density = "large" | "medium" | "small";

export interface Arrangement {
  readonly nodes: readonly NodeItem[];
  readonly groups: readonly Group[];
  /** The pods by node: then no group has lanes; null when they stand in the groups. */
  readonly machines: readonly Machine[] | null;
  /** Of the pods on machines. */
  readonly density: Density;
  /** Those that belong to no workload. */
  readonly companions: readonly CompanionItem[];
}

/** What an arrangement must remember for the next one, so that nothing jumps. */
export interface Placement {
  readonly slots: ReadonlyMap<string, Slots>;
  readonly densities: ReadonlyMap<string, Density>;
}

export const EMPTY_PLACEMENT: Placement = { slots: new Map(), densities: new Map() };

/** Key of the group of the pods that no controller owns. */
export const UNOWNED = "unowned";

/** Key of the pods that are on no node. */
export const UNSCHEDULED = "unscheduled";

/** The most pods of a group that are drawn large, and medium. */
const LARGE_LIMIT = 12;
const MEDIUM_LIMIT = 60;
/** A passing excess, such as pods that terminate, does not make everything smaller at once. */
const TOLERANCE = 1.5;

/** Sorts the items into groups, lanes and slots. Pure: the next placement is part of the result. */
export function arrange(
  items: ReadonlyMap<string, Item>,
  previous: Placement,
  grouping: Grouping = "controller",
): { arrangement: Arrangement; placement: Placement } {
  const sorted = sort(items);
  const slots = new Map<string, Slots>();
  const densities = new Map<string, Density>();

  const assign = (key: string, pods: readonly PodItem[]) => {
    const assigned = assignSlots(
      previous.slots.get(key) ?? new Map(),
      pods.map((pod) => pod.uid),
    );
    slots.set(key, assigned);
    return assigned;
  };
  const lane = (key: string, item: LaneItem | null, wantedLength: number, prominent: boolean): Lane => {
    const pods = sorted.podsOf(key);
    return placed(key, item, pods, assign(key, pods), wantedLength, prominent);
  };
  const density = (key: string, planned: number, present: number): Density => {
    const chosen = chooseDensity(previous.densities.get(key), planned, present);
    densities.set(key, chosen);
    return chosen;
  };
  const group = (head: HeadItem): Group => {
    const companions = sorted.companionsOf(head.uid);
    if (grouping === "node") {
      return { key: head.uid, head, lanes: [], history: [], companions, density: "large", podCount: 0 };
    }
    const { lanes, history } = lanesOf(head, sorted, lane);
    const podCount = lanes.reduce((sum, { pods }) => sum + pods.length, 0);
    return {
      key: head.uid,
      head,
      lanes,
      history,
      companions,
      density: density(head.uid, plannedPods(head), podCount),
      podCount,
    };
  };

  const groups = sorted.heads.map(group);
  const unowned = sorted.podsOf(UNOWNED).length;
  if (unowned > 0 && grouping === "controller") {
    groups.push({
      key: UNOWNED,
      head: null,
      lanes: [lane(UNOWNED, null, 0, true)],
      history: [],
      companions: [],
      density: density(UNOWNED, 0, unowned),
      podCount: unowned,
    });
  }
  const machines = grouping === "node" ? machinesOf(sorted, items, assign) : null;
  const most = Math.max(0, ...(machines ?? []).map(({ pods }) => pods.length));
  return {
    arrangement: {
      nodes: sorted.nodes,
      groups,
      machines,
      // A machine is narrower than a lane.
      density: machines === null ? "large" : density("machines", most * MACHINE_SHARE, most * MACHINE_SHARE),
      companions: sorted.companionsOf(""),
    },
    placement: { slots, densities },
  };
}

/** The weight of pods on a node for its density. */
const MACHINE_SHARE = 2;

function machinesOf(
  sorted: Sorted,
  items: ReadonlyMap<string, Item>,
  assign: (key: string, pods: readonly PodItem[]) => Slots,
): Machine[] {
  const machine = (key: string, node: NodeItem | null, pods: readonly PodItem[]): Machine => {
    const assigned = assign(`machine:${key}`, pods);
    return {
      key,
      node,
      pods: inSlots(pods, assigned, (pod) => items.get(pod.owner)),
      length: usedLength(assigned),
    };
  };
  const machines = sorted.nodes.map((node) => machine(node.uid, node, sorted.podsOn(node.name)));
  const elsewhere = sorted.podsOn("");
  return elsewhere.length === 0 ? machines : [...machines, machine(UNSCHEDULED, null, elsewhere)];
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
  readonly heads: readonly HeadItem[];
  /** The pods of a controller, or of {@link UNOWNED}, oldest first. */
  podsOf(owner: string): readonly PodItem[];
  /** The pods on the node of that name, oldest first; with an empty name those on no known node. */
  podsOn(node: string): readonly PodItem[];
  lanesOf(owner: string): readonly LaneItem[];
  /** What stands by a head; with an empty UID what stands by none. */
  companionsOf(head: string): readonly CompanionItem[];
}

function sort(items: ReadonlyMap<string, Item>): Sorted {
  const nodes: NodeItem[] = [];
  const companions: CompanionItem[] = [];
  const allPods: PodItem[] = [];
  const heads: HeadItem[] = [];
  const pods = new Map<string, PodItem[]>();
  const lanes = new Map<string, LaneItem[]>();
  const owned = (item: Item) => {
    const owner = items.get(item.owner);
    return owner !== undefined && owner.kind !== "CustomResource";
  };
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
      case "HorizontalPodAutoscaler":
      case "PodDisruptionBudget":
      case "PersistentVolumeClaim":
      case "PersistentVolume":
      case "CustomResource":
        if (isOfInterest(item)) {
          companions.push(item);
        }
        break;
      case "Pod":
        allPods.push(item);
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
  const known = new Set(heads.map(({ uid }) => uid));
  const standing = new Map<string, CompanionItem[]>();
  for (const item of companions.sort(byRole)) {
    push(standing, targetsOf(item).find((uid) => known.has(uid)) ?? "", item);
  }
  let byNode: Map<string, PodItem[]> | undefined;
  const podsByNode = () => {
    if (byNode === undefined) {
      const names = new Set(nodes.map(({ name }) => name));
      byNode = new Map();
      for (const pod of allPods.sort(byAge)) {
        push(byNode, names.has(pod.node) ? pod.node : "", pod);
      }
    }
    return byNode;
  };
  return {
    nodes: nodes.sort((one, other) => BY_NUMBER.compare(one.name, other.name)),
    heads: heads.sort(byAge),
    podsOf: (owner) => pods.get(owner) ?? [],
    podsOn: (node) => podsByNode().get(node) ?? [],
    lanesOf: (owner) => lanes.get(owner) ?? [],
    companionsOf: (head) => standing.get(head) ?? [],
  };
}

/** A companion may be for several workloads; it is drawn by the first that is there. */
function targetsOf(item: CompanionItem): readonly string[] {
  switch (item.kind) {
    case "HorizontalPodAutoscaler":
      return [item.target];
    case "PersistentVolume":
      return [];
    default:
      return item.targets;
  }
}

const ROLES: Readonly<Record<CompanionItem["kind"], number>> = {
  CustomResource: 0,
  Service: 1,
  HorizontalPodAutoscaler: 2,
  PodDisruptionBudget: 3,
  PersistentVolumeClaim: 4,
  PersistentVolume: 5,
};

function byRole(one: CompanionItem, other: CompanionItem): number {
  return ROLES[one.kind] - ROLES[other.kind] || byAge(one, other);
}

/** The cluster's own Service exists in every cluster; no user made it. The box of a claim stands for its volume, too. */
function isOfInterest(item: CompanionItem): boolean {
  if (item.kind === "PersistentVolume") {
    return !item.bound;
  }
  return item.kind !== "Service" || item.namespace !== "default" || item.name !== "kubernetes";
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
    pods: inSlots(pods, slots, () => item ?? undefined),
    length: Math.max(usedLength(slots), (wanted.at(-1) ?? -1) + 1),
    wanted,
    prominent,
  };
}

function plannedPods(head: HeadItem): number {
  const surge = head.kind === "Deployment" && head.strategy === "RollingUpdate" ? head.maxSurge : 0;
  return head.desired + surge;
}

function inSlots(
  pods: readonly PodItem[],
  slots: Slots,
  ownerOf: (pod: PodItem) => Item | undefined,
): PlacedPod[] {
  return pods
    .map((pod) => {
      const owner = ownerOf(pod);
      return { pod, slot: slots.get(pod.uid) ?? 0, set: owner?.kind === "ReplicaSet" ? owner : null };
    })
    .sort((one, other) => one.slot - other.slot);
}

/** node-2 before node-10. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

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
