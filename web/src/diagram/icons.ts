import { svg } from "../dom/element.ts";
import type { PodState } from "./podstate.ts";

/**
 * The drawings for states, 16 by 16. The outline alone tells them apart: dashed
 * ring, arrow, half disc, disc with a tick, square, triangle, flag.
 */
export function podIcon(state: PodState): SVGGElement {
  return svg("g", { class: `icon icon-${state}` }, ...shapes(state));
}

function shapes(state: PodState): SVGElement[] {
  switch (state) {
    case "pending":
      return [svg("circle", { class: "line", cx: 8, cy: 8, r: 5.5, "stroke-dasharray": "2.4 2.2" })];
    case "creating":
      return [
        svg("path", { class: "line turning", d: "M8 2.5A5.5 5.5 0 1 1 2.5 8" }),
        svg("path", { class: "line", d: "M8 5.6V10M6.1 8.3L8 10.2L9.9 8.3" }),
      ];
    case "starting":
      return [
        svg("circle", { class: "line", cx: 8, cy: 8, r: 5.5 }),
        svg("path", { class: "fill", d: "M8 2.5A5.5 5.5 0 0 0 8 13.5Z" }),
      ];
    case "ready":
      return [
        svg("circle", { class: "fill", cx: 8, cy: 8, r: 6.25 }),
        svg("path", { class: "mark", d: "M5.2 8.2L7.2 10.2L10.9 6.1" }),
      ];
    case "terminating":
      return [
        svg("rect", { class: "line", x: 2.75, y: 2.75, width: 10.5, height: 10.5, rx: 2 }),
        svg("path", { class: "line", d: "M5.5 8H10.5" }),
      ];
    case "failing":
      return [
        svg("path", { class: "fill", d: "M8 1.8L14.6 13.4H1.4Z", "stroke-linejoin": "round" }),
        svg("path", { class: "mark", d: "M8 6V9.2M8 11.3V11.5" }),
      ];
    case "succeeded":
      return [svg("path", { class: "line", d: "M4 14V2.8M4 3.4H12.2L10.2 6.1L12.2 8.8H4" })];
  }
}

export type Glyph =
  | "server"
  | "service"
  | "autoscaler"
  | "budget"
  | "claim"
  | "custom"
  | "settled"
  | "rolling"
  | "paused"
  | "history";

export function glyph(name: Glyph): SVGGElement {
  return svg("g", { class: `glyph glyph-${name}` }, ...glyphShapes(name));
}

function glyphShapes(name: Glyph): SVGElement[] {
  switch (name) {
    case "server":
      return [
        svg("rect", { class: "line", x: 2, y: 2.5, width: 12, height: 4.6, rx: 1.2 }),
        svg("rect", { class: "line", x: 2, y: 8.9, width: 12, height: 4.6, rx: 1.2 }),
        svg("path", { class: "line", d: "M4.6 4.8H4.7M4.6 11.2H4.7" }),
      ];
    case "service":
      return [
        svg("path", {
          class: "line",
          d: "M2.5 8H6M6 8L11 3.5M6 8H11M6 8L11 12.5M13.2 3.5H13.3M13.2 8H13.3M13.2 12.5H13.3",
        }),
      ];
    case "autoscaler":
      return [
        svg("path", {
          class: "line",
          d: "M2.5 13.5V9.5M6.2 13.5V6.5M9.9 13.5V9M13.5 13.5V4M11.3 5.8L13.5 3.4L15 5.8",
        }),
      ];
    case "budget":
      return [
        svg("path", {
          class: "line",
          d: "M8 1.8L13.4 3.8V7.6C13.4 11 11.2 13.2 8 14.4C4.8 13.2 2.6 11 2.6 7.6V3.8Z",
        }),
        svg("path", { class: "line", d: "M5.6 8L7.4 9.8L10.6 6.2" }),
      ];
    case "claim":
      return [
        svg("ellipse", { class: "line", cx: 8, cy: 4.2, rx: 5, ry: 1.9 }),
        svg("path", { class: "line", d: "M3 4.2V11.8A5 1.9 0 0 0 13 11.8V4.2M3 8A5 1.9 0 0 0 13 8" }),
      ];
    case "custom":
      return [
        svg("path", { class: "line", d: "M8 1.8L13.4 4.9V11.1L8 14.2L2.6 11.1V4.9Z" }),
        svg("path", { class: "line", d: "M2.9 5L8 8L13.1 5M8 8V13.9" }),
      ];
    case "settled":
      return [svg("path", { class: "line", d: "M3.5 8.4L6.6 11.5L12.5 4.8" })];
    case "rolling":
      return [svg("path", { class: "line turning", d: "M8 2.5A5.5 5.5 0 1 1 2.5 8" })];
    case "paused":
      return [svg("path", { class: "line", d: "M5.5 3.5V12.5M10.5 3.5V12.5" })];
    case "history":
      return [
        svg("path", { class: "line", d: "M3 8A5 5 0 1 0 4.6 4.4M3.2 2.8L3.6 5.4L6.2 5M8 5.4V8.2L9.8 9.4" }),
      ];
  }
}
