import type { NodeItem, PodItem, ReplicaSetItem, ServiceItem } from "../protocol.ts";
import type { Arrangement, Density, Group, HeadItem, Lane, LaneItem } from "./arrangement.ts";

/** All lengths are CSS pixels; x and y are from the top left of the drawing. */
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

/** A thing that can be seen, pointed at and reached by key, in reading order. */
export type Box =
  | (BoxFields & { readonly type: "node"; readonly item: NodeItem })
  | (BoxFields & { readonly type: "head"; readonly item: HeadItem })
  | (BoxFields & { readonly type: "unowned"; readonly count: number })
  | (BoxFields & { readonly type: "lane"; readonly item: LaneItem; readonly prominent: boolean })
  | (BoxFields & { readonly type: "history"; readonly item: ReplicaSetItem })
  | (BoxFields & { readonly type: "older"; readonly count: number })
  | (BoxFields & {
      readonly type: "pod";
      readonly item: PodItem;
      readonly density: Density;
      readonly label: string;
    })
  | (BoxFields & { readonly type: "service"; readonly item: ServiceItem });

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

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly outlines: readonly Outline[];
}

/** The size of a pod by density, and the gap between two. */
export const POD_SIZES: Readonly<
  Record<Density, { width: number; height: number; gap: number; radius: number }>
> = {
  large: { width: 148, height: 52, gap: 8, radius: 10 },
  medium: { width: 88, height: 32, gap: 6, radius: 8 },
  small: { width: 20, height: 20, gap: 5, radius: 5 },
};

/** Below this width the ranks stand one below the other instead of side by side. */
export const STACKED_BELOW = 600;

const PADDING = 18;
const GROUP_GAP = 36;
const LANE_GAP = 18;
const PILL = { height: 30, gap: 8 };
const CHIP = { width: 150, height: 44, gap: 10 };
/** Between the nodes and what runs on them. */
const CHIP_GAP = 26;
const LANE_HEIGHT = 84;
const STACK_INDENT = 14;
const STACK_GAP = 14;
/** A large pod may shrink to this when another then fits beside it. */
const LEAST_LARGE_WIDTH = 138;
/** Older revisions that are shown one by one; the rest is one number. */
const HISTORY_SHOWN = 3;

interface Columns {
  readonly stacked: boolean;
  readonly head: { readonly x: number; readonly width: number };
  readonly lane: { readonly x: number; readonly width: number };
  readonly pods: { readonly x: number; readonly width: number };
  /** For the pods of a group without a second rank. */
  readonly direct: { readonly x: number; readonly width: number };
}

/** Gives everything its rectangle in a drawing of `width`. Pure, and the same input gives the same scene. */
export function layOut(arrangement: Arrangement, width: number): Scene {
  const sheet = new Sheet();
  const columns = columnsFor(width);
  let bottom = 0;
  const below = (gap: number) => (bottom === 0 ? PADDING : bottom + gap);
  const layRow = (chips: readonly Chip[], gap: number) => {
    if (chips.length > 0) {
      bottom = layChips(sheet, chips, width, below(gap));
    }
  };
  layRow(
    arrangement.nodes.map((item) => ({ type: "node", item })),
    CHIP_GAP,
  );
  for (const [index, group] of arrangement.groups.entries()) {
    bottom = layGroup(sheet, group, columns, below(index === 0 ? CHIP_GAP : GROUP_GAP));
  }
  layRow(
    arrangement.services.map((item) => ({ type: "service", item })),
    GROUP_GAP,
  );
  return {
    width,
    height: bottom === 0 ? 0 : bottom + PADDING,
    boxes: sheet.boxes,
    edges: sheet.edges,
    outlines: sheet.outlines,
  };
}

class Sheet {
  readonly boxes: Box[] = [];
  readonly edges: Edge[] = [];
  readonly outlines: Outline[] = [];
}

function columnsFor(width: number): Columns {
  const inner = Math.max(width - 2 * PADDING, 240);
  if (width < STACKED_BELOW) {
    const lane = { x: PADDING + STACK_INDENT, width: inner - STACK_INDENT };
    const pods = { x: lane.x + STACK_INDENT, width: inner - 2 * STACK_INDENT };
    return { stacked: true, head: { x: PADDING, width: inner }, lane, pods, direct: lane };
  }
  const head = { x: PADDING, width: clamp(Math.round(inner * 0.28), 196, 264) };
  const lane = { x: head.x + head.width + 44, width: clamp(Math.round(inner * 0.23), 158, 208) };
  const podsX = lane.x + lane.width + 30;
  return {
    stacked: false,
    head,
    lane,
    pods: { x: podsX, width: PADDING + inner - podsX },
    direct: { x: lane.x, width: PADDING + inner - lane.x },
  };
}

type Chip = { type: "node"; item: NodeItem } | { type: "service"; item: ServiceItem };

/** Rows of chips; returns their bottom. */
function layChips(sheet: Sheet, chips: readonly Chip[], width: number, top: number): number {
  const inner = width - 2 * PADDING;
  const perRow = Math.max(
    1,
    Math.min(chips.length, Math.floor((inner + CHIP.gap) / (CHIP.width + CHIP.gap))),
  );
  const chipWidth = Math.min(
    (inner - (perRow - 1) * CHIP.gap) / perRow,
    chips.length > perRow ? Number.POSITIVE_INFINITY : 220,
  );
  let y = top;
  chips.forEach((chip, index) => {
    const column = index % perRow;
    y = top + Math.floor(index / perRow) * (CHIP.height + CHIP.gap);
    sheet.boxes.push({
      ...chip,
      key: `${chip.type}:${chip.item.uid}`,
      parent: "",
      x: PADDING + column * (chipWidth + CHIP.gap),
      y,
      width: chipWidth,
      height: CHIP.height,
    });
  });
  return y + CHIP.height;
}

/** Returns the bottom of the group. */
function layGroup(sheet: Sheet, group: Group, columns: Columns, top: number): number {
  const headKey = `head:${group.key}`;
  const headHeight = heightOfHead(group.head);
  const headRectangle = { ...columns.head, y: top, height: headHeight };
  sheet.boxes.push(
    group.head === null
      ? {
          type: "unowned",
          key: headKey,
          parent: "",
          count: group.lanes[0]?.pods.length ?? 0,
          ...headRectangle,
        }
      : { type: "head", key: headKey, parent: "", item: group.head, ...headRectangle },
  );
  let y = columns.stacked ? top + headHeight + STACK_GAP : top;
  let bottom = top + headHeight;
  for (const lane of group.lanes) {
    const end = layLane(sheet, group, lane, headRectangle, columns, y);
    bottom = Math.max(bottom, end);
    y = end + LANE_GAP;
  }
  if (group.history.length > 0) {
    bottom = Math.max(bottom, layHistory(sheet, group, headRectangle, columns, y));
  }
  return bottom;
}

function heightOfHead(head: HeadItem | null): number {
  if (head === null) {
    return 56;
  }
  return head.kind === "Deployment" ? 138 : 84;
}

/** Where the lane at `y` ends, by the taller of its card and its pods. */
function laneBottom(lane: Lane, density: Density, columns: Columns, y: number): number {
  const grid = gridFor(lane, density, columns);
  if (lane.item === null) {
    return y + grid.height;
  }
  if (columns.stacked) {
    return y + LANE_HEIGHT + (grid.height > 0 ? STACK_GAP + grid.height : 0);
  }
  return y + Math.max(LANE_HEIGHT, grid.height);
}

function layLane(
  sheet: Sheet,
  group: Group,
  lane: Lane,
  head: Rectangle,
  columns: Columns,
  top: number,
): number {
  const headKey = `head:${group.key}`;
  let parent = headKey;
  let from = head;
  let gridTop = top;
  if (lane.item !== null) {
    const card = { ...columns.lane, y: top, height: LANE_HEIGHT };
    parent = `lane:${lane.key}`;
    sheet.boxes.push({
      type: "lane",
      key: parent,
      parent: headKey,
      item: lane.item,
      prominent: lane.prominent,
      ...card,
    });
    sheet.edges.push({
      key: `edge:${parent}`,
      path: descent(head, card, columns),
      prominent: lane.prominent,
    });
    from = card;
    gridTop = columns.stacked ? top + LANE_HEIGHT + STACK_GAP : top;
  }
  const grid = gridFor(lane, group.density, columns);
  if (lane.length > 0) {
    const pods = { x: grid.x, y: gridTop, width: grid.width, height: grid.height };
    sheet.edges.push({
      key: `edge:pods:${lane.key}`,
      path: lane.item === null ? descent(from, pods, columns) : bracket(from, pods, columns),
      prominent: lane.prominent,
    });
  }
  if (lane.wanted.length > 0) {
    sheet.outlines.push({
      key: `wanted:${lane.key}`,
      path: lane.wanted.map((slot) => roundedRectangle(grid.at(slot, gridTop), grid.radius)).join(""),
    });
  }
  const prefix = `${(lane.item ?? group.head)?.name ?? ""}-`;
  for (const { pod, slot } of lane.pods) {
    sheet.boxes.push({
      type: "pod",
      key: `pod:${pod.uid}`,
      parent,
      item: pod,
      density: group.density,
      label: pod.name.startsWith(prefix) ? pod.name.slice(prefix.length) : pod.name,
      ...grid.at(slot, gridTop),
    });
  }
  return laneBottom(lane, group.density, columns, top);
}

function layHistory(sheet: Sheet, group: Group, head: Rectangle, columns: Columns, top: number): number {
  const parent = `head:${group.key}`;
  const pill = (index: number) => ({
    ...columns.lane,
    y: top + index * (PILL.height + PILL.gap),
    height: PILL.height,
  });
  const shown = group.history.slice(0, HISTORY_SHOWN);
  shown.forEach((item, index) => {
    const rectangle = pill(index);
    const key = `history:${item.uid}`;
    sheet.boxes.push({ type: "history", key, parent, item, ...rectangle });
    sheet.edges.push({ key: `edge:${key}`, path: descent(head, rectangle, columns), prominent: false });
  });
  const older = group.history.length - shown.length;
  if (older > 0) {
    sheet.boxes.push({
      type: "older",
      key: `older:${group.key}`,
      parent,
      count: older,
      ...pill(shown.length),
    });
  }
  const rows = shown.length + (older > 0 ? 1 : 0);
  return top + rows * (PILL.height + PILL.gap) - PILL.gap;
}

interface Grid {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  at(slot: number, top: number): Rectangle;
}

function gridFor(lane: Lane, density: Density, columns: Columns): Grid {
  const area = lane.item === null ? columns.direct : columns.pods;
  const { width, height, gap, radius } = POD_SIZES[density];
  const least = density === "large" ? LEAST_LARGE_WIDTH : width;
  const perRow = Math.max(1, Math.floor((area.width + gap) / (least + gap)));
  // Large pods share what is left of the row, so that two columns fill a narrow pane.
  const stretched =
    density === "large" ? Math.min(width * 1.3, (area.width - (perRow - 1) * gap) / perRow) : width;
  const rows = Math.ceil(lane.length / perRow);
  return {
    x: area.x,
    width: Math.min(lane.length, perRow) * (stretched + gap) - gap,
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

/** Side by side: a curve from the right of one to the left of the other. Stacked: an elbow from below. */
function descent(from: Rectangle, to: Rectangle, columns: Columns): string {
  if (columns.stacked) {
    const x = from.x + STACK_INDENT / 2;
    const y = to.y + Math.min(to.height, LANE_HEIGHT) / 2;
    return `M${x} ${from.y + from.height}V${y - 8}Q${x} ${y} ${x + 8} ${y}H${to.x}`;
  }
  const end = { x: to.x, y: to.y + Math.min(to.height, LANE_HEIGHT) / 2 };
  // A straight line where the next rank begins level with this one.
  const start = {
    x: from.x + from.width,
    y: Math.min(end.y, from.y + Math.min(from.height, LANE_HEIGHT) / 2),
  };
  const middle = (start.x + end.x) / 2;
  return `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`;
}

/** From a card to a bracket along the left of its pods. */
function bracket(from: Rectangle, pods: Rectangle, columns: Columns): string {
  if (columns.stacked) {
    return descent(from, { ...pods, x: pods.x - 4 }, columns);
  }
  const x = pods.x - 12;
  const y = from.y + Math.min(from.height, pods.height) / 2;
  const radius = Math.min(6, pods.height / 2);
  return (
    `M${from.x + from.width} ${y}H${x}` +
    `M${x + radius} ${pods.y}Q${x} ${pods.y} ${x} ${pods.y + radius}` +
    `V${pods.y + pods.height - radius}Q${x} ${pods.y + pods.height} ${x + radius} ${pods.y + pods.height}`
  );
}

function roundedRectangle({ x, y, width, height }: Rectangle, radius: number): string {
  const right = x + width;
  const bottom = y + height;
  return (
    `M${x + radius} ${y}H${right - radius}A${radius} ${radius} 0 0 1 ${right} ${y + radius}` +
    `V${bottom - radius}A${radius} ${radius} 0 0 1 ${right - radius} ${bottom}` +
    `H${x + radius}A${radius} ${radius} 0 0 1 ${x} ${bottom - radius}` +
    `V${y + radius}A${radius} ${radius} 0 0 1 ${x + radius} ${y}Z`
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
