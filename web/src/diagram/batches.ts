import { svg } from "../dom/element.ts";
import { type PodState, podState } from "./podstate.ts";
import { type Box, POD_SIZES, roundedRectangle } from "./scene.ts";

export type PodBox = Extract<Box, { type: "pod" }>;

/** The icon of a state in a small tile, as path data; the same shapes as those of icons.ts. */
interface Icon {
  readonly fill?: (x: number, y: number) => string;
  readonly line?: (x: number, y: number) => string;
  readonly mark?: (x: number, y: number) => string;
}

const ring = (x: number, y: number) => `M${x + 14.5} ${y + 10}a4.5 4.5 0 1 1 -9 0a4.5 4.5 0 1 1 9 0`;

const ICONS: Readonly<Record<PodState, Icon>> = {
  pending: { line: ring },
  creating: {
    line: (x, y) =>
      `M${x + 10} ${y + 5.5}a4.5 4.5 0 1 1 -4.5 4.5M${x + 10} ${y + 8}v3.6m-1.5 -1.4l1.5 1.5l1.5 -1.5`,
  },
  starting: { line: ring, fill: (x, y) => `M${x + 10} ${y + 5.5}a4.5 4.5 0 0 0 0 9z` },
  ready: {
    fill: (x, y) => `M${x + 15.1} ${y + 10}a5.1 5.1 0 1 1 -10.2 0a5.1 5.1 0 1 1 10.2 0z`,
    mark: (x, y) => `M${x + 7.7} ${y + 10.2}l1.6 1.6l3 -3.3`,
  },
  terminating: { line: (x, y) => `M${x + 5.7} ${y + 5.7}h8.6v8.6h-8.6zM${x + 8} ${y + 10}h4` },
  failing: {
    fill: (x, y) => `M${x + 10} ${y + 5}l5.4 9.4h-10.8z`,
    mark: (x, y) => `M${x + 10} ${y + 8.4}v2.6m0 1.7v.2`,
  },
  succeeded: { line: (x, y) => `M${x + 6.75} ${y + 14.9}v-9.1m0 .5h6.7l-1.6 2.2l1.6 2.2h-6.7` },
};

const PARTS = ["surface", "fill", "line", "mark"] as const;
type Part = (typeof PARTS)[number];

interface Batch {
  readonly group: SVGGElement;
  readonly paths: Readonly<Record<Part, SVGPathElement>>;
  readonly data: Record<Part, string>;
}

/**
 * The small pods of a large scene, drawn by state: all of one state are a few
 * paths. The browser then paints some dozen shapes and not some thousand; each pod
 * keeps an element of its own, which paints nothing, to be pointed at and focused.
 */
export class Batches {
  readonly element = svg("g", { class: "batches", "aria-hidden": "true" });
  readonly #batches = new Map<string, Batch>();

  render(pods: readonly PodBox[], isDimmed: (pod: PodBox) => boolean): void {
    const data = new Map<string, Record<Part, string[]>>();
    for (const box of pods) {
      const state = podState(box.item);
      const key = `${state}${isDimmed(box) ? " dimmed" : ""}`;
      let parts = data.get(key);
      if (parts === undefined) {
        parts = { surface: [], fill: [], line: [], mark: [] };
        data.set(key, parts);
      }
      const { fill, line, mark } = ICONS[state];
      parts.surface.push(roundedRectangle(box, POD_SIZES.small.radius));
      push(parts.fill, fill, box);
      push(parts.line, line, box);
      push(parts.mark, mark, box);
    }
    for (const [key, batch] of this.#batches) {
      if (!data.has(key)) {
        batch.group.remove();
        this.#batches.delete(key);
      }
    }
    for (const [key, parts] of data) {
      const batch = this.#batches.get(key) ?? this.#add(key);
      for (const part of PARTS) {
        const path = parts[part].join("");
        if (batch.data[part] !== path) {
          batch.data[part] = path;
          batch.paths[part].setAttribute("d", path);
        }
      }
    }
  }

  clear(): void {
    this.#batches.clear();
    this.element.replaceChildren();
  }

  #add(key: string): Batch {
    const path = (part: Part) => svg("path", { class: part });
    const paths = { surface: path("surface"), fill: path("fill"), line: path("line"), mark: path("mark") };
    const state = key.split(" ")[0] ?? "";
    const icon = svg("g", { class: `icon icon-${state}` }, paths.fill, paths.line, paths.mark);
    const group = svg("g", { class: `batch state-${key}` }, paths.surface, icon);
    this.element.append(group);
    const batch = { group, paths, data: { surface: "", fill: "", line: "", mark: "" } };
    this.#batches.set(key, batch);
    return batch;
  }
}

function push(list: string[], draw: ((x: number, y: number) => string) | undefined, { x, y }: PodBox): void {
  if (draw !== undefined) {
    list.push(draw(x, y));
  }
}
