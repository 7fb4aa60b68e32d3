import type { NodeItem, PodItem, ReplicaSetItem } from "../protocol/topology.ts";
import type { CompanionItem, Density, HeadItem, LaneItem, PlacedPod } from "./arrangement.ts";

/** All lengths are CSS pixels at the scene's natural size and 16 px of text; x and y are from the top left of the drawing. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface BoxFields extends Rectangle {
  /** Stable over the life of what is drawn; unique in a scene. */
  readonly key: string;
  /** Key of the box that it hangs from, or empty at the top. */
  readonly parent: string;
}

/** An object that can be seen, pointed at and reached by keyboard, in reading order. */
export type Box =
  | (BoxFields & { readonly type: "node"; readonly item: NodeItem })
  | (BoxFields & { readonly type: "head"; readonly item: HeadItem })
  | (BoxFields & { readonly type: "unowned"; readonly count: number })
  | (BoxFields & { readonly type: "unscheduled"; readonly count: number })
  | (BoxFields & { readonly type: "lane"; readonly item: LaneItem; readonly prominent: boolean })
  | (BoxFields & { readonly type: "history"; readonly item: ReplicaSetItem })
  | (BoxFields & { readonly type: "older"; readonly count: number })
  | (BoxFields & {
      readonly type: "pod";
      readonly item: PodItem;
      readonly density: Density;
      readonly label: string;
      readonly standsOnNode: boolean;
      /** Its revision where the place does not tell it; 0 where it does, and for none. */
      readonly revision: number;
      /** Of the newest revision of its Deployment, or of no revision. */
      readonly prominent: boolean;
    })
  | (BoxFields & { readonly type: "companion"; readonly item: CompanionItem });

/** A line of descent. It is decoration: the box's parent says the same. */
export interface Edge {
  readonly key: string;
  /** SVG path data. */
  readonly path: string;
  readonly prominent: boolean;
}

/** The outlines of places where a pod is wanted and none is, as one path. */
export interface Outline {
  readonly key: string;
  readonly path: string;
}

/** What other things stand on. */
export interface Panel extends Rectangle {
  readonly key: string;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly outlines: readonly Outline[];
  readonly panels: readonly Panel[];
}

/** Around all that is drawn. */
export const PADDING = 18;

/** The size of a pod by density, and the gap between two. */
export const POD_SIZES: Readonly<
  Record<Density, { width: number; height: number; gap: number; radius: number }>
> = {
  large: { width: 148, height: 52, gap: 8, radius: 10 },
  medium: { width: 88, height: 32, gap: 6, radius: 8 },
  small: { width: 20, height: 20, gap: 5, radius: 5 },
};

/** A scene in the making. */
export class Sheet {
  readonly boxes: Box[] = [];
  readonly edges: Edge[] = [];
  readonly outlines: Outline[] = [];
  readonly panels: Panel[] = [];
}

/** A large pod may shrink to this when another then fits beside it. */
const LEAST_LARGE_WIDTH = 138;

export interface Grid {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  at(slot: number, top: number): Rectangle;
}

/** Places for `length` pods in rows of a width. */
export function gridOf(length: number, density: Density, area: { x: number; width: number }): Grid {
  const { width, height, gap, radius } = POD_SIZES[density];
  const least = density === "large" ? LEAST_LARGE_WIDTH : width;
  const perRow = Math.max(1, Math.floor((area.width + gap) / (least + gap)));
  // Large pods share what is left of the row, so that two columns fill a narrow pane.
  const stretched =
    density === "large" ? Math.min(width * 1.3, (area.width - (perRow - 1) * gap) / perRow) : width;
  const rows = Math.ceil(length / perRow);
  return {
    x: area.x,
    width: Math.min(length, perRow) * (stretched + gap) - gap,
    height: Math.max(0, rows * (height + gap) - gap),
    radius,
    at: (slot, top) => ({
      x: area.x + (slot % perRow) * (stretched + gap),
      y: top + Math.floor(slot / perRow) * (height + gap),
      width: stretched,
      height,
    }),
  };
}

/** Puts pods, and the outlines of those that are wanted, on the sheet. */
export function layPods(
  sheet: Sheet,
  lane: {
    readonly key: string;
    readonly pods: readonly PlacedPod[];
    readonly wanted: readonly number[];
  },
  grid: Grid,
  top: number,
  look: {
    readonly parent: string;
    readonly density: Density;
    /** What the names begin with, as the place tells; undefined where the pods stand on their node. */
    readonly prefix: string | undefined;
  },
): void {
  if (lane.wanted.length > 0) {
    sheet.outlines.push({
      key: `wanted:${lane.key}`,
      path: lane.wanted.map((slot) => roundedRectangle(grid.at(slot, top), grid.radius)).join(""),
    });
  }
  for (const { pod, slot, set } of lane.pods) {
    sheet.boxes.push({
      type: "pod",
      key: `pod:${pod.uid}`,
      parent: look.parent,
      item: pod,
      density: look.density,
      label: labelOf(pod, set, look.prefix),
      standsOnNode: look.prefix === undefined,
      revision: look.prefix === undefined ? (set?.revision ?? 0) : 0,
      prominent: set?.active ?? true,
      ...grid.at(slot, top),
    });
  }
}

/** The name without what is told elsewhere: by the place, or by the badge with the revision. */
function labelOf({ name }: PodItem, set: ReplicaSetItem | null, prefix: string | undefined): string {
  if (prefix !== undefined) {
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }
  return set === null || set.hash === "" ? name : name.replace(`-${set.hash}-`, "-");
}

export function roundedRectangle({ x, y, width, height }: Rectangle, radius: number): string {
  const right = x + width;
  const bottom = y + height;
  return (
    `M${x + radius} ${y}H${right - radius}A${radius} ${radius} 0 0 1 ${right} ${y + radius}` +
    `V${bottom - radius}A${radius} ${radius} 0 0 1 ${right - radius} ${bottom}` +
    `H${x + radius}A${radius} ${radius} 0 0 1 ${x} ${bottom - radius}` +
    `V${y + radius}A${radius} ${radius} 0 0 1 ${x + radius} ${y}Z`
  );
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
