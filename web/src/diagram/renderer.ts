import { setAttributes, svg } from "../dom/element.ts";
import { Batches, type PodBox } from "./batches.ts";
import { describeBox } from "./description.ts";
import { classesOf, draw, type Pen } from "./drawing.ts";
import { podState } from "./podstate.ts";
import { type Box, type Edge, type Outline, POD_SIZES, roundedRectangle, type Scene } from "./scene.ts";

interface View {
  readonly root: SVGGElement;
  readonly body: SVGGElement;
  box: Box;
  level: number;
  move: Animation | undefined;
}

/** In a larger scene nothing is animated: an animation has all of it painted at every frame. */
const ANIMATED_BOXES = 200;
/**
 * Beyond this many arrivals and departures in one frame none of them is animated,
 * beyond this many moves none of these: the eye follows no more, and each is a layer.
 */
const ANIMATED_CHANGES = 48;
/** The same for pods that have another state. */
const ANIMATED_TURNS = 24;

const ARRIVE = { duration: 260, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" };
const LEAVE = { duration: 220, easing: "ease-in" };
const MOVE = { duration: 340, easing: "cubic-bezier(0.3, 0, 0.1, 1)" };
const TURN = { duration: 420, easing: "ease-out" };

/**
 * Makes an SVG element show a scene. It keeps one element per key and changes
 * only what differs from the scene before. `render` first reads all it must
 * from the page, then writes all; nothing else touches layout.
 */
export class Renderer {
  readonly #svg: SVGSVGElement;
  readonly #panelLayer = svg("g", { class: "panels", "aria-hidden": "true" });
  readonly #edgeLayer = svg("g", { class: "edges", "aria-hidden": "true" });
  readonly #outlineLayer = svg("g", { class: "outlines", "aria-hidden": "true" });
  readonly #batches = new Batches();
  readonly #boxLayer = svg("g", { role: "presentation" });
  readonly #views = new Map<string, View>();
  readonly #panels = new Map<string, SVGPathElement>();
  readonly #edges = new Map<string, SVGPathElement>();
  readonly #outlines = new Map<string, SVGPathElement>();
  readonly #stillness = matchMedia("(prefers-reduced-motion: reduce)");
  #pen: Pen | undefined;
  /** The pods that are drawn together; undefined when each is drawn by itself. */
  #batched: readonly PodBox[] | undefined;
  #dimming: ((box: PodBox) => boolean) | null = null;
  #empty = true;
  #size = "";
  #selected: string | undefined;

  constructor(element: SVGSVGElement) {
    this.#svg = element;
    element.append(
      this.#panelLayer,
      this.#edgeLayer,
      this.#outlineLayer,
      this.#batches.element,
      this.#boxLayer,
    );
  }

  /** Draws at `magnification` pixels for a pixel of the scene; `still` without motion. */
  render(scene: Scene, pen: Pen, magnification: number, still: boolean): void {
    const isLarge = scene.boxes.length > ANIMATED_BOXES;
    const redrawAll = pen !== this.#pen || isLarge !== (this.#batched !== undefined);
    this.#pen = pen;
    this.#batched = isLarge ? scene.boxes.filter(isSmallPod) : undefined;
    const leaving = this.#leaving(scene);
    const arriving = scene.boxes.reduce((count, box) => count + (this.#views.has(box.key) ? 0 : 1), 0);
    this.#svg.classList.toggle("large", isLarge);
    const animated =
      !still &&
      !isLarge &&
      !this.#stillness.matches &&
      !this.#empty &&
      arriving + leaving.length <= ANIMATED_CHANGES;

    const { turns, moves } = this.#changes(scene);
    const turning = animated && turns <= ANIMATED_TURNS;
    const moving = animated && moves <= ANIMATED_CHANGES;
    // To read where things are now makes the browser lay out: only for what will move from there.
    const starts = moving ? this.#measure(scene) : new Map<string, string>();

    this.#resize(scene, magnification);
    for (const view of leaving) {
      this.#remove(view, animated);
    }
    const levels = new Map<string, number>([["", 0]]);
    let previous: SVGGElement | null = null;
    for (const box of scene.boxes) {
      const level = (levels.get(box.parent) ?? 0) + 1;
      levels.set(box.key, level);
      const view = this.#views.get(box.key) ?? this.#add(box, pen, animated);
      this.#update(view, box, level, pen, redrawAll, { turning, moving }, starts.get(box.key));
      this.#keepOrder(view.root, previous);
      previous = view.root;
    }
    this.#renderBatches();
    this.#renderPaths(
      this.#panels,
      this.#panelLayer,
      scene.panels.map((panel) => ({ key: panel.key, path: roundedRectangle(panel, 12) })),
      animated,
    );
    this.#renderPaths(this.#edges, this.#edgeLayer, scene.edges, animated);
    this.#renderPaths(this.#outlines, this.#outlineLayer, scene.outlines, animated);
    this.#empty = scene.boxes.length === 0;
  }

  /** Marks one box as selected, and no other; `undefined` for none. */
  select(key: string | undefined): void {
    if (this.#selected === key) {
      return;
    }
    this.elementOf(this.#selected ?? "")?.setAttribute("aria-selected", "false");
    this.elementOf(key ?? "")?.setAttribute("aria-selected", "true");
    this.#selected = key;
  }

  elementOf(key: string): SVGGElement | undefined {
    return this.#views.get(key)?.root;
  }

  /** Key of the box that the element is a part of. */
  keyOf(target: EventTarget | null): string | undefined {
    const root = target instanceof Element ? target.closest<SVGGElement>("g.box") : null;
    return root?.dataset.key;
  }

  /** Dims the pods for which the test is false; null dims none. */
  highlight(test: ((box: PodBox) => boolean) | null): void {
    this.#dimming = test;
    this.#renderBatches();
    for (const { root, box } of this.#views.values()) {
      root.classList.toggle("dimmed", test !== null && box.type === "pod" && !test(box));
    }
  }

  destroy(): void {
    for (const animation of this.#svg.getAnimations({ subtree: true })) {
      animation.cancel();
    }
    this.#svg.replaceChildren();
    this.#views.clear();
    this.#batches.clear();
  }

  #resize({ width, height }: Scene, magnification: number): void {
    const size = `${width} ${height} ${magnification}`;
    if (size !== this.#size) {
      this.#size = size;
      setAttributes(this.#svg, {
        width: Math.round(width * magnification),
        height: Math.round(height * magnification),
        viewBox: `0 0 ${width} ${height}`,
      });
    }
  }

  #renderBatches(): void {
    const dimming = this.#dimming;
    this.#batches.render(this.#batched ?? [], (box) => dimming !== null && !dimming(box));
  }

  /** Where the boxes that move now, and must go elsewhere, stand at this moment. */
  #measure(scene: Scene): Map<string, string> {
    const starts = new Map<string, string>();
    for (const box of scene.boxes) {
      const view = this.#views.get(box.key);
      if (view?.move?.playState === "running" && !sameSpot(view.box, box)) {
        starts.set(box.key, getComputedStyle(view.root).transform);
      }
    }
    return starts;
  }

  /** How many pods have another state, and how many boxes another place, than they are drawn with. */
  #changes(scene: Scene): { turns: number; moves: number } {
    let turns = 0;
    let moves = 0;
    for (const box of scene.boxes) {
      const before = this.#views.get(box.key)?.box;
      if (before !== undefined) {
        turns += stateOf(before) === stateOf(box) ? 0 : 1;
        moves += sameSpot(before, box) ? 0 : 1;
      }
    }
    return { turns, moves };
  }

  #leaving(scene: Scene): View[] {
    const keys = new Set(scene.boxes.map((box) => box.key));
    return [...this.#views.values()].filter((view) => !keys.has(view.box.key));
  }

  #add(box: Box, pen: Pen, animated: boolean): View {
    // The label says it all, in an order that is fit to be heard.
    const body = svg("g", { class: "body", "aria-hidden": "true" });
    const ring = svg("rect", { class: "ring", x: -4, y: -4, rx: 14 });
    const root = svg(
      "g",
      {
        role: "treeitem",
        tabindex: -1,
        "aria-selected": "false",
        "data-key": box.key,
        "data-type": box.type,
      },
      ring,
      body,
    );
    const view: View = { root, body, box, level: 0, move: undefined };
    this.#views.set(box.key, view);
    this.#write(view, box, pen);
    root.style.transform = translation(box);
    if (animated) {
      body.animate(
        [
          { opacity: 0, transform: "scale(0.7)" },
          { opacity: 1, transform: "none" },
        ],
        ARRIVE,
      );
    }
    return view;
  }

  #update(
    view: View,
    box: Box,
    level: number,
    pen: Pen,
    redraw: boolean,
    { turning, moving }: { turning: boolean; moving: boolean },
    start: string | undefined,
  ): void {
    const before = view.box;
    view.box = box;
    // An attribute that is written is looked at again, even when it stays the same.
    if (view.level !== level) {
      view.level = level;
      view.root.setAttribute("aria-level", String(level));
    }
    if (!sameSpot(before, box)) {
      const from = start ?? translation(before);
      view.move?.cancel();
      view.root.style.transform = translation(box);
      view.move = moving
        ? view.root.animate([{ transform: from }, { transform: translation(box) }], MOVE)
        : undefined;
    }
    if (redraw || !sameLook(before, box)) {
      this.#write(view, box, pen);
      if (turning && stateOf(before) !== stateOf(box)) {
        view.body.animate(
          [{ transform: "scale(1)" }, { transform: "scale(1.08)", offset: 0.35 }, { transform: "scale(1)" }],
          TURN,
        );
      }
    }
  }

  #write(view: View, box: Box, pen: Pen): void {
    const dimmed = view.root.classList.contains("dimmed");
    view.root.setAttribute("class", dimmed ? `${classesOf(box)} dimmed` : classesOf(box));
    view.root.setAttribute("aria-label", describeBox(box, pen.text));
    const ring = view.root.firstElementChild;
    if (ring !== null) {
      setAttributes(ring, { width: box.width + 8, height: box.height + 8 });
    }
    if (this.#batched === undefined || !isSmallPod(box)) {
      draw(view.body, box, pen);
    } else if (view.body.firstElementChild?.classList.contains("hit") !== true) {
      view.body.replaceChildren(
        svg("rect", { class: "hit", width: box.width, height: box.height, rx: POD_SIZES.small.radius }),
      );
    }
  }

  #remove(view: View, animated: boolean): void {
    this.#views.delete(view.box.key);
    if (this.#selected === view.box.key) {
      this.#selected = undefined;
    }
    if (!animated) {
      view.root.remove();
      return;
    }
    setAttributes(view.root, {
      "aria-hidden": "true",
      role: "presentation",
      tabindex: undefined,
      "data-key": undefined,
      "data-type": undefined,
    });
    view.root.classList.add("gone");
    const animation = view.body.animate(
      [
        { opacity: 1, transform: "none" },
        { opacity: 0, transform: "scale(0.7)" },
      ],
      { ...LEAVE, fill: "forwards" },
    );
    animation.onfinish = () => view.root.remove();
    animation.oncancel = () => view.root.remove();
  }

  /** The order of the elements is the reading order; those on their way out may stand between. */
  #keepOrder(root: SVGGElement, previous: SVGGElement | null): void {
    let next = previous === null ? this.#boxLayer.firstElementChild : previous.nextElementSibling;
    while (next !== null && next !== root && next.classList.contains("gone")) {
      next = next.nextElementSibling;
    }
    if (next !== root) {
      this.#boxLayer.insertBefore(root, next);
    }
  }

  #renderPaths(
    known: Map<string, SVGPathElement>,
    layer: SVGGElement,
    paths: readonly (Edge | Outline)[],
    animated: boolean,
  ): void {
    const keys = new Set(paths.map((path) => path.key));
    for (const [key, element] of known) {
      if (!keys.has(key)) {
        element.remove();
        known.delete(key);
      }
    }
    for (const path of paths) {
      let element = known.get(path.key);
      if (element === undefined) {
        element = svg("path");
        known.set(path.key, element);
        layer.append(element);
      }
      element.classList.toggle("prominent", "prominent" in path && path.prominent);
      if (element.getAttribute("d") !== path.path) {
        element.setAttribute("d", path.path);
        if (animated) {
          element.animate([{ opacity: 0 }, { opacity: 0.1, offset: 0.5 }, { opacity: 1 }], MOVE);
        }
      }
    }
  }
}

function isSmallPod(box: Box): box is PodBox {
  return box.type === "pod" && box.density === "small";
}

function translation(box: Box): string {
  return `translate(${box.x}px, ${box.y}px)`;
}

function sameSpot(one: Box, other: Box): boolean {
  return one.x === other.x && one.y === other.y;
}

function stateOf(box: Box): string {
  return box.type === "pod" ? podState(box.item) : "";
}

/** Whether two boxes of one key are drawn alike. Items are replaced when they change, so identity will do. */
function sameLook(one: Box, other: Box): boolean {
  if (one.width !== other.width || one.height !== other.height) {
    return false;
  }
  if ("item" in one && "item" in other && one.item !== other.item) {
    return false;
  }
  if ("count" in one && "count" in other && one.count !== other.count) {
    return false;
  }
  if (one.type === "lane" && other.type === "lane" && one.prominent !== other.prominent) {
    return false;
  }
  return (
    one.type !== "pod" ||
    other.type !== "pod" ||
    (one.density === other.density &&
      one.label === other.label &&
      one.revision === other.revision &&
      one.prominent === other.prominent)
  );
}
