import type { Client } from "../client/client.ts";
import { Announcer } from "../dom/announcer.ts";
import { html, setText, svg } from "../dom/element.ts";
import { textScale } from "../dom/textscale.ts";
import type { Text } from "../language/text.ts";
import { type Arrangement, arrange, EMPTY_PLACEMENT, type Grouping, type Placement } from "./arrangement.ts";
import { describeBox, summarize } from "./description.ts";
import type { Pen } from "./drawing.ts";
import { layOut } from "./layout.ts";
import { Legend } from "./legend.ts";
import { isMove, moveFrom } from "./navigation.ts";
import { Renderer } from "./renderer.ts";
import type { Box, Scene } from "./scene.ts";
import { LiveTable } from "./table.ts";
import { TextFit } from "./textfit.ts";
import { Viewport } from "./viewport.ts";

export interface DiagramOptions {
  readonly client: Client;
  readonly text: Text;
  /** An object was chosen, by its UID. */
  readonly onSelect: (uid: string) => void;
  /** Shown while the cluster has no workload. */
  readonly placeholder: HTMLElement;
  /** Keeps the learner's settings of the diagram across reloads. */
  readonly preferences: {
    read(name: string): string | undefined;
    write(name: string, value: string): void;
  };
}

const NOTHING: Scene = { width: 0, height: 0, boxes: [], edges: [], outlines: [], panels: [] };
/** After a drawing, the page gets at least this multiple of its duration for everything else. */
const REST = 2;
/** Host milliseconds; the picture is at least this fresh. */
const LONGEST_REST = 400;
/** The part of a narrow page's height in which "Everything" is shown. */
const NARROW_SHARE = 0.75;
/** Host milliseconds between two updates of the table. */
const TABLE_REST = 250;
const GROUPINGS = ["controller", "node"] as const satisfies readonly Grouping[];

/**
 * The live diagram, or the same as a table. Frames only mark it as stale; an
 * animation frame later it arranges, lays out and renders what the inventory
 * holds then, so a burst of frames costs one drawing and a hidden tab costs none.
 * A drawing that takes long is followed by a rest in proportion: input comes first.
 */
export class Diagram {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #onSelect: (uid: string) => void;
  readonly #preferences: DiagramOptions["preferences"];
  readonly #title = html("h2");
  readonly #legend = new Legend();
  readonly #grouping = html("select", { class: "small" });
  readonly #toggle = html("button", { type: "button", class: "small", "aria-pressed": "false" });
  readonly #svg = svg("svg", { role: "tree", class: "drawing" });
  readonly #scroller: HTMLElement;
  readonly #viewport: Viewport;
  readonly #table: LiveTable;
  readonly #placeholder: HTMLElement;
  readonly #line = html("p", { class: "pointer-line" });
  readonly #status = html("p", { class: "visually-hidden", role: "status" });
  readonly #announcer = new Announcer((text) => setText(this.#status, text));
  readonly #renderer = new Renderer(this.#svg);
  readonly #fit = new TextFit();
  readonly #resize: ResizeObserver;
  readonly #unsubscribe: (() => void)[];
  #pen: Pen;
  #placement: Placement = EMPTY_PLACEMENT;
  #arrangement: Arrangement;
  #scene: Scene = NOTHING;
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Host time before which only the learner causes a drawing. */
  #restsUntil = 0;
  /** The next drawing is without motion: while the size is changed everything moves anyway. */
  #still = false;
  #fontsRead = false;
  #selected: string | undefined;
  #current: string | undefined;
  #pointed: string | undefined;

  constructor(options: DiagramOptions) {
    this.#client = options.client;
    this.#onSelect = options.onSelect;
    this.#preferences = options.preferences;
    this.#placeholder = options.placeholder;
    this.#pen = { text: options.text, fit: this.#fit };
    this.#arrangement = arrange(new Map(), this.#placement).arrangement;
    this.#scroller = html("div", { class: "diagram-scroller" }, this.#svg, this.#placeholder);
    this.#viewport = new Viewport(
      this.#scroller,
      {
        redraw: () => {
          this.#still = true;
          this.#schedule(true);
        },
        heightAt: (width) => layOut(this.#arrangement, width).height,
      },
      options.text,
    );
    this.#table = new LiveTable((uid) => this.#onSelect(uid));
    this.element = html(
      "section",
      { class: "diagram", id: "diagram", tabindex: -1 },
      html(
        "header",
        { class: "pane-head" },
        this.#title,
        this.#legend.element,
        html("div", { class: "diagram-choices" }, this.#grouping, this.#toggle),
      ),
      html("div", { class: "diagram-stage" }, this.#scroller, this.#table.element, this.#viewport.controls),
      this.#line,
      this.#status,
    );
    this.#grouping.addEventListener("change", () => {
      this.#preferences.write("grouping", this.#grouping.value);
      this.#draw();
    });
    this.#toggle.addEventListener("click", () => this.#showTable(this.#table.element.hidden === true));
    this.#svg.addEventListener("click", (event) => this.#click(event));
    this.#svg.addEventListener("keydown", (event) => this.#keydown(event));
    this.#svg.addEventListener("pointerover", (event) => this.#point(this.#renderer.keyOf(event.target)));
    this.#svg.addEventListener("pointerleave", () => this.#point(undefined));
    this.#svg.addEventListener("focusin", (event) => this.#focusin(event));
    this.#svg.addEventListener("focusout", () => this.#point(undefined));
    this.#resize = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      // On a narrow page the window is as high as what is in it, and the page scrolls.
      const isBounded = matchMedia("(min-width: 900px)").matches;
      const bound = isBounded ? height : innerHeight * NARROW_SHARE;
      this.#viewport.resize(Math.floor(width), bound, textScale());
      this.#schedule(true);
    });
    this.#resize.observe(this.#scroller);
    this.#unsubscribe = [
      this.#client.on("frame", () => this.#schedule()),
      this.#client.on("past", () => this.#schedule(true)),
      this.#client.on("start", () => this.#schedule(true)),
      this.#client.on("clock", (clock) =>
        this.element.classList.toggle("time-stands", clock.paused && clock.mode === "run"),
      ),
    ];
    this.localize(options.text);
    this.#showTable(this.#preferences.read("table") === "on");
  }

  localize(text: Text): void {
    this.#pen = { text, fit: this.#fit };
    setText(this.#title, text.cluster);
    this.element.setAttribute("aria-label", text.diagram);
    this.#svg.setAttribute("aria-label", text.diagram);
    this.#grouping.setAttribute("aria-label", text.grouping);
    const grouping = this.#grouping.value || this.#preferences.read("grouping");
    this.#grouping.replaceChildren(
      ...GROUPINGS.map((value) => html("option", { value }, text.groupings[value])),
    );
    this.#grouping.value = GROUPINGS.find((known) => known === grouping) ?? "controller";
    setText(this.#toggle, text.liveTable);
    this.#table.localize(text);
    this.#viewport.localize(text);
    this.#writeLine();
    this.#schedule(true);
  }

  /** The picture, for who copies it; it is drawn again whenever the cluster changes. */
  get drawing(): SVGSVGElement {
    return this.#svg;
  }

  /** Marks the object as the one that is shown elsewhere. */
  select(uid: string | undefined): void {
    this.#selected = uid;
    if (this.#table.element.hidden) {
      this.#markSelected();
    } else {
      this.#schedule(true);
    }
  }

  destroy(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    clearTimeout(this.#timer);
    this.#resize.disconnect();
    this.#announcer.destroy();
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#renderer.destroy();
    this.element.remove();
  }

  /** `now` when the learner has asked for it. */
  #schedule(now = false): void {
    if (this.#frame !== undefined) {
      return;
    }
    const rest = now ? 0 : this.#restsUntil - performance.now();
    if (rest > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#schedule();
      }, rest);
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      const begun = performance.now();
      this.#draw();
      // A task of its own runs when the browser has painted: what that takes counts, too.
      setTimeout(() => {
        const ended = performance.now();
        const least = this.#table.element.hidden ? 0 : TABLE_REST;
        this.#restsUntil = ended + Math.max(least, Math.min(REST * (ended - begun), LONGEST_REST));
      });
    });
  }

  get #shownGrouping(): Grouping {
    return this.#grouping.value === "node" ? "node" : "controller";
  }

  #draw(): void {
    const { items, time } = this.#client.shown;
    const { text } = this.#pen;
    const isTable = !this.#table.element.hidden;
    if (!isTable && this.#viewport.sceneWidth === 0) {
      return;
    }
    const { arrangement, placement } = arrange(items, this.#placement, this.#shownGrouping);
    this.#arrangement = arrangement;
    this.#placement = placement;
    this.element.classList.toggle("in-past", this.#client.past !== undefined);
    this.#legend.update(items.values(), text);
    this.#announcer.say(() => summarize(items.values(), this.#pen.text));
    if (isTable) {
      this.#table.update(arrangement, time, this.#selected, text);
      return;
    }
    if (!this.#fontsRead) {
      this.#fit.readFonts(this.#svg);
      this.#fontsRead = true;
    }
    const hadFocus = this.#svg.contains(document.activeElement);
    const before = this.#scene;
    this.#viewport.settle();
    this.#scene = layOut(arrangement, this.#viewport.sceneWidth);
    this.#renderer.render(this.#scene, this.#pen, this.#viewport.magnification, this.#still);
    this.#still = false;
    this.#viewport.drew();
    const isEmpty =
      arrangement.groups.length === 0 &&
      arrangement.companions.length === 0 &&
      (arrangement.machines ?? []).every(({ pods }) => pods.length === 0);
    this.#placeholder.hidden = !isEmpty;
    this.#viewport.controls.hidden = isEmpty;
    this.#keepCurrent(before, hadFocus);
    this.#markSelected();
    this.#writeLine();
  }

  /** The table in place of the picture, or the other way round. */
  #showTable(shown: boolean): void {
    this.#preferences.write("table", shown ? "on" : "off");
    this.#toggle.setAttribute("aria-pressed", String(shown));
    this.#table.element.hidden = !shown;
    this.#scroller.hidden = shown;
    this.#viewport.controls.hidden = shown;
    this.#line.hidden = shown;
    this.#schedule(true);
  }

  /** The one box that Tab reaches. When it goes, its parent takes over, with the focus if it had that. */
  #keepCurrent(before: Scene, hadFocus: boolean): void {
    const exists = (key: string | undefined) => this.#scene.boxes.some((box) => box.key === key);
    let key = this.#current;
    while (key !== undefined && key !== "" && !exists(key)) {
      key = before.boxes.find((box) => box.key === key)?.parent;
    }
    const next = exists(key) ? key : this.#scene.boxes[0]?.key;
    this.#setCurrent(next);
    if (hadFocus && next !== undefined && !this.#svg.contains(document.activeElement)) {
      this.#renderer.elementOf(next)?.focus();
    }
  }

  #setCurrent(key: string | undefined): void {
    const element = this.#renderer.elementOf(key ?? "");
    if (this.#current === key && element?.getAttribute("tabindex") === "0") {
      return;
    }
    this.#renderer.elementOf(this.#current ?? "")?.setAttribute("tabindex", "-1");
    this.#current = key;
    element?.setAttribute("tabindex", "0");
  }

  #markSelected(): void {
    const selected = this.#selected;
    const box = selected && this.#scene.boxes.find((box) => "item" in box && box.item.uid === selected);
    this.#renderer.select(box ? box.key : undefined);
  }

  #boxOf(key: string | undefined): Box | undefined {
    return key === undefined ? undefined : this.#scene.boxes.find((box) => box.key === key);
  }

  #choose(key: string | undefined): void {
    const box = this.#boxOf(key);
    if (box !== undefined && "item" in box) {
      this.#onSelect(box.item.uid);
    }
  }

  #click(event: MouseEvent): void {
    const key = this.#renderer.keyOf(event.target);
    if (key !== undefined) {
      this.#setCurrent(key);
      this.#choose(key);
    }
  }

  #keydown(event: KeyboardEvent): void {
    if (this.#current === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (this.#viewport.key(event.key)) {
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#choose(this.#current);
    } else if (isMove(event.key)) {
      event.preventDefault();
      const key = moveFrom(this.#scene.boxes, this.#current, event.key);
      this.#setCurrent(key);
      this.#focus(key);
    }
  }

  #focus(key: string): void {
    const element = this.#renderer.elementOf(key);
    if (element !== undefined) {
      element.focus({ preventScroll: true });
      this.#viewport.reveal(element);
    }
  }

  #focusin(event: FocusEvent): void {
    const key = this.#renderer.keyOf(event.target);
    this.#setCurrent(key ?? this.#current);
    this.#point(key);
    // While an object is shown, the focus takes the details along.
    if (this.#selected !== undefined) {
      this.#choose(key);
    }
  }

  #point(key: string | undefined): void {
    if (key === this.#pointed) {
      return;
    }
    this.#pointed = key;
    const box = this.#boxOf(key);
    this.#renderer.highlight(box === undefined ? null : testFor(box));
    this.#writeLine();
  }

  #writeLine(): void {
    const box = this.#boxOf(this.#pointed);
    setText(this.#line, box === undefined ? this.#pen.text.diagramHelp : describeBox(box, this.#pen.text));
    this.#line.classList.toggle("idle", box === undefined);
  }
}

/** Which pods a box is about, when that is not seen from where they stand; null for all. */
function testFor(box: Box): ((pod: Extract<Box, { type: "pod" }>) => boolean) | null {
  switch (box.type) {
    case "node": {
      const { name } = box.item;
      return (pod) => pod.item.node === name;
    }
    case "companion": {
      const { item } = box;
      return item.kind === "Service"
        ? (pod) => pod.item.namespace === item.namespace && pod.item.services.includes(item.name)
        : null;
    }
    default:
      return null;
  }
}
