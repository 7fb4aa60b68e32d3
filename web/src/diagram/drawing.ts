import { svg } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { DeploymentItem } from "../protocol/topology.ts";
import type { CompanionItem, HeadItem } from "./arrangement.ts";
import { conditionWords, cronWord, rolloutWord, shortImage, tags, workloadWords } from "./description.ts";
import { type Glyph, glyph, podIcon } from "./icons.ts";
import { podState } from "./podstate.ts";
import { type Box, POD_SIZES } from "./scene.ts";
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
      return `box pod pod-${box.density} state-${podState(box.item)}${box.prominent ? "" : " outgoing"}`;
    case "lane":
      return `box lane${box.prominent ? " prominent" : ""}`;
    case "node":
      return `box node${box.item.ready && !box.item.unschedulable ? "" : " troubled"}`;
    case "companion":
      return `box companion${isTroubled(box.item) ? " troubled" : ""}`;
    default:
      return `box ${box.type}`;
  }
}

/** Whether nobody answers the requests, the autoscaler cannot work, nothing may be evicted, there is no volume, nobody can claim it, or a condition says so. */
function isTroubled(item: CompanionItem): boolean {
  switch (item.kind) {
    case "Service":
      return item.ready === 0;
    case "HorizontalPodAutoscaler":
      return item.trouble !== "";
    case "PodDisruptionBudget":
      return item.allowed === 0;
    case "PersistentVolumeClaim":
      return !item.bound;
    case "PersistentVolume":
      return item.status !== "Available";
    case "CustomResource":
      return item.conditions.some(({ troubled }) => troubled);
  }
}

/** A custom object without conditions says nothing of itself. */
function tellsState(item: CompanionItem): boolean {
  return item.kind !== "CustomResource" || item.conditions.length > 0;
}

function contents(box: Box, pen: Pen): SVGElement[] {
  switch (box.type) {
    case "node":
      return drawNode(box, pen);
    case "companion":
      return drawCompanion(box, pen);
    case "unscheduled":
      return [
        surface(box, 10),
        place(podIcon("pending"), 12, 14),
        label(38, 19, "strong", pen.text.onNoNode, pen, box.width - 38 - INSET),
        label(38, 35, "body", pen.text.pods(box.count), pen, box.width - 38 - INSET, "muted"),
      ];
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

const COMPANION_GLYPHS = {
  Service: "service",
  HorizontalPodAutoscaler: "autoscaler",
  PodDisruptionBudget: "budget",
  PersistentVolumeClaim: "claim",
  PersistentVolume: "claim",
  CustomResource: "custom",
} as const satisfies Record<CompanionItem["kind"], Glyph>;

const COMPANION_KINDS: Readonly<Record<Exclude<CompanionItem["kind"], "CustomResource">, string>> = {
  Service: "Service",
  HorizontalPodAutoscaler: "HPA",
  PodDisruptionBudget: "PDB",
  PersistentVolumeClaim: "PVC",
  PersistentVolume: "PV",
};

function drawCompanion(box: BoxOf<"companion">, pen: Pen): SVGElement[] {
  const { item } = box;
  const room = box.width - 38 - INSET;
  const kind = item.kind === "CustomResource" ? item.type : COMPANION_KINDS[item.kind];
  const kindWidth = pen.fit.width(kind, FACES.kind) + 8;
  const lines = companionLines(item, pen.text);
  return [
    surface(box, 10),
    place(glyph(COMPANION_GLYPHS[item.kind]), 12, 14),
    label(38, 19, "strong", item.name, pen, room - kindWidth),
    label(box.width - INSET, 19, "kind", kind, pen, kindWidth, "muted end"),
    ...lines
      .slice(0, box.height > 50 ? 2 : 1)
      .map(({ text, face }, index) =>
        label(
          38,
          35 + index * 17,
          face,
          text,
          pen,
          room,
          index === 0 && tellsState(item) ? "status" : "muted",
        ),
      ),
  ];
}

function companionLines(item: CompanionItem, text: Text): { text: string; face: Face }[] {
  switch (item.kind) {
    case "Service":
      return [{ text: text.endpointsOf(item.ready, item.endpoints), face: "body" }];
    case "HorizontalPodAutoscaler": {
      const scaled = text.scaled(item.current, item.minimum, item.maximum);
      return [
        {
          text: item.desired === item.current ? scaled : `${scaled}, ${text.wants(item.desired)}`,
          face: "body",
        },
        { text: item.trouble === "" ? item.metrics : item.trouble, face: "mono" },
      ];
    }
    case "PodDisruptionBudget":
      return [{ text: text.evictable(item.allowed), face: "body" }];
    case "PersistentVolumeClaim":
      return [{ text: `${item.status}, ${item.capacity}`, face: "body" }];
    case "PersistentVolume":
      return [{ text: `${item.status}, ${item.capacity}, ${item.reclaimPolicy}`, face: "body" }];
    case "CustomResource":
      return [{ text: conditionWords(item, text), face: "body" }];
  }
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
    ...gauge(INSET, 52, box.width - 2 * INSET, item.ready, totalOf(item), undefined, item.desired),
    label(INSET, 74, "body", workloadWords(item, text), pen, box.width - 2 * INSET, "muted"),
  ];
}

/** A Job counts its active pods apart from those that have ended. */
function totalOf(item: Exclude<HeadItem, DeploymentItem>): number {
  return item.kind === "Job" ? item.ready + item.current : item.current;
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
  const badge = box.revision === 0 ? null : revisionBadge(box, pen);
  if (density === "medium") {
    return [
      surface(box, radius),
      place(icon, 7, 8),
      badge,
      label(28, 20.5, "podName", box.label, pen, box.width - 34 - (badge === null ? 0 : BADGE_ROOM)),
    ].filter((shape) => shape !== null);
  }
  const node = box.standsOnNode ? "" : pen.fit.fit(item.node, 54, FACES.body);
  const nodeWidth = node === "" ? (badge === null ? 0 : BADGE_ROOM) : pen.fit.width(node, FACES.body) + 8;
  const served = item.services.length > 0;
  const facts = item.restarts > 0 ? `${item.status} · ${pen.text.restarts(item.restarts)}` : item.status;
  return [
    surface(box, radius),
    place(icon, 10, 18),
    label(34, 22, "podName", box.label, pen, box.width - 34 - 10 - nodeWidth),
    badge,
    label(box.width - 10, 22, "body", node, pen, 60, "muted end"),
    label(34, 40, "body", facts, pen, box.width - 34 - 8 - (served ? 18 : 0), "status"),
    served ? place(glyph("service"), box.width - 24, 30, 0.8) : null,
  ].filter((shape) => shape !== null);
}

/** Room for the revision at the right of a pod. */
const BADGE_ROOM = 34;

function revisionBadge(box: BoxOf<"pod">, pen: Pen): SVGElement {
  const words = `r${box.revision}`;
  const width = pen.fit.width(words, FACES.kind) + 10;
  const x = box.width - width - 7;
  const y = (box.density === "medium" ? box.height / 2 : 18) - 8;
  return svg(
    "g",
    {},
    svg("rect", { class: "badge", x, y, width, height: 16, rx: 8 }),
    label(x + 5, y + 11.5, "kind", words, pen, width, "badge-text"),
  );
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
