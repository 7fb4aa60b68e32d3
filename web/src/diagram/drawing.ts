import { svg } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { DeploymentItem } from "../protocol.ts";
import type { HeadItem } from "./arrangement.ts";
import { cronWord, rolloutWord, shortImage, tags } from "./description.ts";
import { type Glyph, glyph, podIcon } from "./icons.ts";
import { type Box, POD_SIZES } from "./layout.ts";
import { podState } from "./podstate.ts";
import type { TextFit, Typeface } from "./textfit.ts";

/** What a box is drawn with. */
export interface Pen {
  readonly text: Text;
  readonly fit: TextFit;
}

type BoxOf<Type extends Box["type"]> = Extract<Box, { type: Type }>;

const INSET = 14;

const FACES = {
  kind: { size: 10.5, weight: 600, mono: false },
  name: { size: 15, weight: 650, mono: false },
  laneName: { size: 14, weight: 600, mono: true },
  strong: { size: 13, weight: 600, mono: false },
  body: { size: 12, weight: 400, mono: false },
  mono: { size: 12, weight: 400, mono: true },
  podName: { size: 12.5, weight: 600, mono: true },
  count: { size: 17, weight: 650, mono: false },
} as const satisfies Record<string, Typeface>;

type Face = keyof typeof FACES;

/** Draws the inside of a box from its own top left; what was inside is replaced. */
export function draw(body: SVGGElement, box: Box, pen: Pen): void {
  body.replaceChildren(...contents(box, pen));
}

/** Classes that the style sheet colours the box by. */
export function classesOf(box: Box): string {
  switch (box.type) {
    case "pod":
      return `box pod pod-${box.density} state-${podState(box.item)}`;
    case "lane":
      return `box lane${box.prominent ? " prominent" : ""}`;
    case "node":
      return `box node${box.item.ready && !box.item.unschedulable ? "" : " troubled"}`;
    default:
      return `box ${box.type}`;
  }
}

function contents(box: Box, pen: Pen): SVGElement[] {
  switch (box.type) {
    case "node":
      return drawNode(box, pen);
    case "service":
      return drawService(box, pen);
    case "head":
      return box.item.kind === "Deployment"
        ? drawDeployment(box, box.item, pen)
        : drawHead(box, box.item, pen);
    case "unowned":
      return [
        surface(box, 12),
        label(INSET, 24, "strong", pen.text.unowned, pen, box.width - 2 * INSET),
        label(INSET, 42, "body", pen.text.pods(box.count), pen, box.width - 2 * INSET, "muted"),
      ];
    case "lane":
      return drawLane(box, pen);
    case "history":
      return drawHistory(box, pen);
    case "older":
      return [label(INSET, 19, "body", pen.text.older(box.count), pen, box.width - 2 * INSET, "muted")];
    case "pod":
      return drawPod(box, pen);
  }
}

function drawNode(box: BoxOf<"node">, pen: Pen): SVGElement[] {
  const count = pen.text.podsOnNode(box.item.podCount);
  const countWidth = pen.fit.width(count, FACES.body);
  const room = box.width - 38 - INSET;
  return [
    surface(box, 10),
    place(glyph("server"), 12, 14),
    label(38, 19, "strong", box.item.name, pen, room),
    label(38, 35, "body", box.item.status, pen, room - countWidth - 8, "status"),
    label(box.width - INSET, 35, "body", count, pen, countWidth + 1, "muted end"),
  ];
}

function drawService(box: BoxOf<"service">, pen: Pen): SVGElement[] {
  const room = box.width - 38 - INSET;
  return [
    surface(box, 10),
    place(glyph("service"), 12, 14),
    label(38, 19, "strong", box.item.name, pen, room),
    label(38, 35, "body", `${box.item.type} ${box.item.clusterIP}`, pen, room, "muted"),
  ];
}

function drawDeployment(box: BoxOf<"head">, item: DeploymentItem, pen: Pen): SVGElement[] {
  const { text } = pen;
  const room = box.width - 2 * INSET;
  const state: Glyph = item.paused ? "paused" : item.settled ? "settled" : "rolling";
  const least = Math.max(0, item.desired - item.maxUnavailable);
  const most = item.desired + item.maxSurge;
  const bounded = item.strategy === "RollingUpdate";
  return [
    surface(box, 14),
    ...heading(box, item, item.revision, pen),
    svg(
      "g",
      { class: `rollout rollout-${state}` },
      place(glyph(state), INSET - 2, 51, 0.85),
      label(INSET + 17, 62, "body", rolloutWord(item, text), pen, room - 17, "status"),
    ),
    ...gauge(
      INSET,
      76,
      room,
      item.available,
      item.total,
      bounded ? { least, most } : undefined,
      item.desired,
    ),
    ...row(
      box,
      104,
      text.available,
      item.available,
      bounded ? text.atLeast(least) : `/ ${item.desired}`,
      pen,
    ),
    ...row(box, 122, text.total, item.total, bounded ? text.atMost(most) : `/ ${item.desired}`, pen),
  ];
}

function drawHead(box: BoxOf<"head">, item: Exclude<HeadItem, DeploymentItem>, pen: Pen): SVGElement[] {
  const { text } = pen;
  if (item.kind === "CronJob") {
    const room = box.width - 2 * INSET;
    return [
      surface(box, 14),
      ...heading(box, item, 0, pen),
      label(INSET, 64, "body", cronWord(item, text), pen, room, "muted"),
    ];
  }
  return [
    surface(box, 14),
    ...heading(box, item, 0, pen),
    ...gauge(INSET, 52, box.width - 2 * INSET, item.ready, item.current, undefined, item.desired),
    label(INSET, 74, "body", text.readyOf(item.ready, item.desired), pen, box.width - 2 * INSET, "muted"),
  ];
}

function drawLane(box: BoxOf<"lane">, pen: Pen): SVGElement[] {
  const { item } = box;
  const counts = `${item.current}/${item.desired}`;
  const countsWidth = pen.fit.width(counts, FACES.count);
  const room = box.width - 2 * INSET;
  const isReplicaSet = item.kind === "ReplicaSet";
  const title = isReplicaSet ? item.images.map(shortImage).join(", ") : item.name;
  return [
    surface(box, 12),
    kindLabel(item.kind, isReplicaSet ? item.revision : 0, box, pen),
    label(INSET, 46, isReplicaSet ? "laneName" : "strong", title, pen, room, "title"),
    label(INSET, 69, "mono", isReplicaSet ? item.hash : "", pen, room - countsWidth - 8, "muted"),
    label(box.width - INSET, 70, "count", counts, pen, countsWidth + 1, "end"),
  ];
}

function drawHistory(box: BoxOf<"history">, pen: Pen): SVGElement[] {
  const { item } = box;
  const revision = pen.text.revisionShort(item.revision);
  const revisionWidth = pen.fit.width(revision, FACES.body);
  return [
    surface(box, 15),
    place(glyph("history"), 11, 8, 0.88),
    label(32, 19, "mono", tags(item.images), pen, box.width - 32 - revisionWidth - INSET - 8, "muted"),
    label(box.width - INSET, 19, "body", revision, pen, revisionWidth + 1, "muted end"),
  ];
}

function drawPod(box: BoxOf<"pod">, pen: Pen): SVGElement[] {
  const { item, density } = box;
  const { radius } = POD_SIZES[density];
  const icon = podIcon(podState(item));
  if (density === "small") {
    return [surface(box, radius), place(icon, 3.5, 3.5, 0.8125)];
  }
  if (density === "medium") {
    return [
      surface(box, radius),
      place(icon, 7, 8),
      label(28, 20.5, "podName", box.label, pen, box.width - 34),
    ];
  }
  const node = pen.fit.fit(item.node, 54, FACES.body);
  const nodeWidth = node === "" ? 0 : pen.fit.width(node, FACES.body) + 8;
  return [
    surface(box, radius),
    place(icon, 10, 18),
    label(34, 22, "podName", box.label, pen, box.width - 34 - 10 - nodeWidth),
    label(box.width - 10, 22, "body", node, pen, 60, "muted end"),
    label(34, 40, "body", item.status, pen, box.width - 34 - 8, "status"),
  ];
}

function heading(box: BoxOf<"head">, item: HeadItem, revision: number, pen: Pen): SVGElement[] {
  const kind = item.namespace === "default" ? item.kind : `${item.kind} · ${item.namespace}`;
  return [
    kindLabel(kind, revision, box, pen),
    label(INSET, 42, "name", item.name, pen, box.width - 2 * INSET),
  ];
}

function kindLabel(kind: string, revision: number, box: { width: number }, pen: Pen): SVGElement {
  const badge = revision > 0 ? pen.text.revisionShort(revision) : "";
  const badgeWidth = badge === "" ? 0 : pen.fit.width(badge, FACES.kind) + 14;
  const x = box.width - INSET - badgeWidth + 4;
  return svg(
    "g",
    {},
    label(INSET, 22, "kind", kind, pen, box.width - 2 * INSET - badgeWidth, "muted"),
    badge === "" ? null : svg("rect", { class: "badge", x, y: 10, width: badgeWidth, height: 17, rx: 8.5 }),
    badge === "" ? null : label(x + 7, 22, "kind", badge, pen, badgeWidth, "badge-text"),
  );
}

/** A name on the left, a number and its bound on the right. */
function row(
  box: { width: number },
  y: number,
  name: string,
  value: number,
  bound: string,
  pen: Pen,
): SVGElement[] {
  const boundWidth = pen.fit.width(bound, FACES.body);
  const right = box.width - INSET;
  return [
    label(INSET, y, "body", name, pen, box.width / 2, "muted"),
    label(right, y, "body", bound, pen, boundWidth + 1, "muted end"),
    label(right - boundWidth - 6, y, "strong", String(value), pen, 60, "end"),
  ];
}

/**
 * Pods as lengths: available ones full, the rest pale, on a scale up to the most
 * that are allowed; a tick where fewer available or more in all would break a bound.
 */
function gauge(
  x: number,
  y: number,
  width: number,
  good: number,
  total: number,
  bounds: { least: number; most: number } | undefined,
  desired: number,
): SVGElement[] {
  const scale = Math.max(bounds?.most ?? 0, desired, total, 1);
  const length = (count: number) => (Math.min(count, scale) / scale) * width;
  const bar = (name: string, count: number) =>
    svg("rect", {
      class: `gauge-${name}`,
      x,
      y,
      width: length(count),
      height: 7,
      rx: Math.min(3.5, length(count) / 2),
    });
  const ticks = bounds === undefined ? [desired] : [bounds.least, desired];
  return [
    svg("rect", { class: "gauge-track", x, y, width, height: 7, rx: 3.5 }),
    bar("total", total),
    bar("good", good),
    ...ticks
      .filter((count) => count > 0 && count < scale)
      .map((count) =>
        svg("path", {
          class: `gauge-tick${count === desired ? "" : " least"}`,
          d: `M${x + length(count)} ${y - 3}V${y + 10}`,
        }),
      ),
  ];
}

function surface(box: { width: number; height: number }, radius: number): SVGRectElement {
  return svg("rect", { class: "surface", width: box.width, height: box.height, rx: radius });
}

function label(
  x: number,
  y: number,
  face: Face,
  text: string,
  pen: Pen,
  room: number,
  classes = "",
): SVGTextElement {
  const fitted = text === "" ? "" : pen.fit.fit(text, room, FACES[face]);
  return svg("text", { x, y, class: `text-${face} ${classes}`.trim() }, fitted);
}

function place<Shape extends SVGElement>(shape: Shape, x: number, y: number, scale = 1): Shape {
  shape.setAttribute(
    "transform",
    scale === 1 ? `translate(${x} ${y})` : `translate(${x} ${y}) scale(${scale})`,
  );
  return shape;
}
