import type { Client } from "../client/client.ts";
import { html, setText, svg } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import { Announcer } from "./announcer.ts";
import { arrange, EMPTY_PLACEMENT, type Placement } from "./arrangement.ts";
import { describeBox, summarize } from "./description.ts";
import type { Pen } from "./drawing.ts";
import { type Box, layOut, type Scene } from "./layout.ts";
import { Legend } from "./legend.ts";
import { isMove, moveFrom } from "./navigation.ts";
import { Renderer } from "./renderer.ts";
import { TextFit } from "./textfit.ts";

export interface DiagramOptions {
  readonly client: Client;
  readonly text: Text;
  /** An object was chosen, by its UID. */
  readonly onSelect: (uid: string) => void;
  /** Shown while the cluster has no workload. */
  readonly placeholder: HTMLElement;
}

const NOTHING: Scene = { width: 0, height: 0, boxes: [], edges: [], outlines: [] };

/**
 * The live diagram. Frames only mark it as stale; once per animation frame it
 * arranges, lays out and renders what the inventory holds then, so a burst of
 * frames costs one drawing and a hidden tab costs none.
 */
export class Diagram {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #onSelect: (uid: string) => void;
  readonly #title = html("h2");
  readonly #legend = new Legend();
  readonly #svg = svg("svg", { role: "tree", class: "drawing" });
  readonly #scroller: HTMLElement;
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
  #scene: Scene = NOTHING;
  #width = 0;
  #frame: number | undefined;
  #fontsRead = false;
  #selected: string | undefined;
  #current: string | undefined;
  #pointed: string | undefined;

  constructor(options: DiagramOptions) {
    this.#client = options.client;
    this.#onSelect = options.onSelect;
    this.#placeholder = options.placeholder;
    this.#pen = { text: options.text, fit: this.#fit };
    this.#scroller = html("div", { class: "diagram-scroller" }, this.#placeholder);
    this.#scroller.prepend(this.#svg);
    this.element = html(
      "section",
      { class: "diagram", id: "diagram", tabindex: -1 },
      html("header", { class: "pane-head" }, this.#title, this.#legend.element),
      this.#scroller,
      this.#line,
      this.#status,
    );
    this.#svg.addEventListener("click", (event) => this.#click(event));
    this.#svg.addEventListener("keydown", (event) => this.#keydown(event));
    this.#svg.addEventListener("pointerover", (event) => this.#point(this.#renderer.keyOf(event.target)));
    this.#svg.addEventListener("pointerleave", () => this.#point(undefined));
    this.#svg.addEventListener("focusin", (event) => this.#focusin(event));
    this.#svg.addEventListener("focusout", () => this.#point(undefined));
    this.#resize = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0);
      this.#schedule();
    });
    this.#resize.observe(this.#scroller);
    this.#unsubscribe = [
      this.#client.on("frame", () => this.#schedule()),
      this.#client.on("start", () => this.#schedule()),
      this.#client.on("clock", (clock) =>
        this.element.classList.toggle("time-stands", clock.paused && clock.mode === "run"),
      ),
    ];
    this.localize(options.text);
  }

  localize(text: Text): void {
    this.#pen = { text, fit: this.#fit };
    setText(this.#title, text.cluster);
    this.element.setAttribute("aria-label", text.diagram);
    this.#svg.setAttribute("aria-label", text.diagram);
    this.#writeLine();
    this.#schedule();
  }

  /** Marks the object as the one that is shown elsewhere. */
  select(uid: string | undefined): void {
    this.#selected = uid;
    this.#markSelected();
  }

  destroy(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    this.#resize.disconnect();
    this.#announcer.destroy();
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#renderer.destroy();
    this.element.remove();
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#width === 0) {
      return;
    }
    if (!this.#fontsRead) {
      this.#fit.readFonts(this.#svg);
      this.#fontsRead = true;
    }
    const { items } = this.#client.inventory;
    const { arrangement, placement } = arrange(items, this.#placement);
    this.#placement = placement;
    const hadFocus = this.#svg.contains(document.activeElement);
    const before = this.#scene;
    this.#scene = layOut(arrangement, this.#width);
    this.#renderer.render(this.#scene, this.#pen);
    this.#placeholder.hidden = arrangement.groups.length > 0;
    this.#legend.update(items.values(), this.#pen.text);
    this.#keepCurrent(before, hadFocus);
    this.#markSelected();
    this.#writeLine();
    this.#announcer.say(summarize(items.values(), this.#pen.text));
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
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#choose(this.#current);
    } else if (isMove(event.key)) {
      event.preventDefault();
      const key = moveFrom(this.#scene.boxes, this.#current, event.key);
      this.#setCurrent(key);
      this.#renderer.elementOf(key)?.focus();
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
    const node = box?.type === "node" ? box.item.name : undefined;
    this.#renderer.highlight(node === undefined ? null : (pod) => pod.item.node === node);
    this.#writeLine();
  }

  #writeLine(): void {
    const box = this.#boxOf(this.#pointed);
    setText(this.#line, box === undefined ? this.#pen.text.diagramHelp : describeBox(box, this.#pen.text));
    this.#line.classList.toggle("idle", box === undefined);
  }
}
