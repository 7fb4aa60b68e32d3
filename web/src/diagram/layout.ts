import type { NodeItem } from "../protocol/topology.ts";
import type { Arrangement, CompanionItem, Density, Group, HeadItem, Lane } from "./arrangement.ts";
import { layMachines } from "./machines.ts";
import {
  type Box,
  clamp,
  type Grid,
  gridOf,
  layPods,
  PADDING,
  type Rectangle,
  type Scene,
  Sheet,
} from "./scene.ts";

/** Below this width the ranks stand one below the other instead of side by side. */
export const STACKED_BELOW = 600;

const GROUP_GAP = 36;
/** A column of groups is at least so wide. */
const COLUMN_WIDTH = 1000;
const LANE_GAP = 18;
const PILL = { height: 30, gap: 8 };
const CHIP = { width: 150, height: 44, gap: 10 };
/** Between the nodes and what runs on them. */
const CHIP_GAP = 26;
const LANE_HEIGHT = 84;
const HEAD_WIDTH = 230;
const COMPANION_GAP = 8;
const COMPANION_HEIGHTS: Readonly<Record<CompanionItem["kind"], number>> = {
  Service: 44,
  HorizontalPodAutoscaler: 62,
  PodDisruptionBudget: 44,
  PersistentVolumeClaim: 44,
  PersistentVolume: 44,
  CustomResource: 44,
};
const STACK_INDENT = 14;
const STACK_GAP = 14;
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
  let bottom = 0;
  const below = (gap: number) => (bottom === 0 ? PADDING : bottom + gap);
  const layRow = (chips: readonly Chip[], gap: number) => {
    if (chips.length > 0) {
      bottom = layChips(sheet, chips, width, below(gap));
    }
  };
  if (arrangement.machines === null) {
    layRow(
      arrangement.nodes.map((item) => ({ type: "node", item })),
      CHIP_GAP,
    );
    bottom = layGroups(sheet, arrangement.groups, width, below(CHIP_GAP), bottom);
  } else {
    if (arrangement.groups.length > 0) {
      bottom = layHeads(sheet, arrangement.groups, width, below(CHIP_GAP));
    }
    bottom = layMachines(sheet, arrangement.machines, arrangement.density, width, below(CHIP_GAP));
  }
  layRow(
    arrangement.companions.map((item) => ({ type: "companion", item })),
    GROUP_GAP,
  );
  return {
    width,
    height: bottom === 0 ? 0 : bottom + PADDING,
    boxes: sheet.boxes,
    edges: sheet.edges,
    outlines: sheet.outlines,
    panels: sheet.panels,
  };
}

/**
 * The groups below each other, or in several columns where there is room. A group
 * keeps its column whatever its height does. Returns the bottom; `none` without a group.
 */
function layGroups(sheet: Sheet, groups: readonly Group[], width: number, top: number, none: number): number {
  const count = clamp(Math.floor(width / COLUMN_WIDTH), 1, Math.max(1, groups.length));
  const bottoms = Array.from({ length: count }, () => 0);
  groups.forEach((group, index) => {
    const column = index % count;
    const bottom = bottoms[column] ?? 0;
    const columns = columnsFor((column * width) / count, width / count);
    bottoms[column] = layGroup(sheet, group, columns, bottom === 0 ? top : bottom + GROUP_GAP);
  });
  return groups.length === 0 ? none : Math.max(...bottoms);
}

function columnsFor(left: number, width: number): Columns {
  const inner = Math.max(width - 2 * PADDING, 240);
  const edge = left + PADDING;
  if (width < STACKED_BELOW) {
    const lane = { x: edge + STACK_INDENT, width: inner - STACK_INDENT };
    const pods = { x: lane.x + STACK_INDENT, width: inner - 2 * STACK_INDENT };
    return { stacked: true, head: { x: edge, width: inner }, lane, pods, direct: lane };
  }
  const head = { x: edge, width: clamp(Math.round(inner * 0.28), 196, 264) };
  const lane = { x: head.x + head.width + 44, width: clamp(Math.round(inner * 0.23), 158, 208) };
  const podsX = lane.x + lane.width + 30;
  return {
    stacked: false,
    head,
    lane,
    pods: { x: podsX, width: edge + inner - podsX },
    direct: { x: lane.x, width: edge + inner - lane.x },
  };
}

type Chip = { type: "node"; item: NodeItem } | { type: "companion"; item: CompanionItem };

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
  const headHeight = heightOfHead(group.head);
  const headRectangle = { ...columns.head, y: top, height: headHeight };
  sheet.boxes.push(headBox(group, headRectangle));
  const headEnd = layCompanions(sheet, group, headRectangle);
  let y = columns.stacked ? headEnd + STACK_GAP : top;
  let bottom = headEnd;
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

/** What stands by a workload, below its card; returns where that ends. */
function layCompanions(sheet: Sheet, group: Group, head: Rectangle): number {
  let bottom = head.y + head.height;
  for (const item of group.companions) {
    const height = COMPANION_HEIGHTS[item.kind];
    sheet.boxes.push({
      type: "companion",
      key: `companion:${item.uid}`,
      parent: `head:${group.key}`,
      item,
      x: head.x,
      y: bottom + COMPANION_GAP,
      width: head.width,
      height,
    });
    bottom += COMPANION_GAP + height;
  }
  return bottom;
}

/** The workloads alone, side by side, for a view in which the pods stand elsewhere; returns their bottom. */
function layHeads(sheet: Sheet, groups: readonly Group[], width: number, top: number): number {
  const inner = width - 2 * PADDING;
  const perRow = clamp(
    Math.floor((inner + CHIP.gap) / (HEAD_WIDTH + CHIP.gap)),
    1,
    Math.max(1, groups.length),
  );
  const headWidth = Math.min((inner - (perRow - 1) * CHIP.gap) / perRow, HEAD_WIDTH * 1.4);
  let rowTop = top;
  let bottom = top;
  groups.forEach((group, index) => {
    if (index > 0 && index % perRow === 0) {
      rowTop = bottom + LANE_GAP;
    }
    const rectangle = {
      x: PADDING + (index % perRow) * (headWidth + CHIP.gap),
      y: rowTop,
      width: headWidth,
      height: heightOfHead(group.head),
    };
    sheet.boxes.push(headBox(group, rectangle));
    bottom = Math.max(bottom, layCompanions(sheet, group, rectangle));
  });
  return bottom;
}

function headBox(group: Group, rectangle: Rectangle): Box {
  const key = `head:${group.key}`;
  return group.head === null
    ? { type: "unowned", key, parent: "", count: group.podCount, ...rectangle }
    : { type: "head", key, parent: "", item: group.head, ...rectangle };
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
  layPods(sheet, lane, grid, gridTop, {
    parent,
    density: group.density,
    prefix: `${(lane.item ?? group.head)?.name ?? ""}-`,
  });
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

function gridFor(lane: Lane, density: Density, columns: Columns): Grid {
  return gridOf(lane.length, density, lane.item === null ? columns.direct : columns.pods);
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
