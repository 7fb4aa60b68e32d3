import { html } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { readPreference, writePreference } from "../preferences.ts";

/** The pane that a splitter resizes. */
export interface SplitterOptions {
  readonly pane: HTMLElement;
  /** `bottom`: the pane is below the line, which moves up and down; `left`: before it, and it moves sideways. */
  readonly side: "bottom" | "left";
  /** In percent of the window. */
  readonly least: number;
  readonly most: number;
  label(text: Text): string;
}

const STEP = 4;

/** The line beside a pane: dragged, or moved with the arrow keys, it changes the pane's size. */
export class Splitter {
  readonly element: HTMLElement;
  readonly #options: SplitterOptions;
  /** The name used in the style sheets and in the preference. */
  readonly #name: "dock-height" | "work-width";

  constructor(options: SplitterOptions, text: Text) {
    const { side, least, most } = options;
    this.#options = options;
    this.#name = side === "bottom" ? "dock-height" : "work-width";
    this.element = html("div", {
      class: `splitter splitter-${side}`,
      role: "separator",
      tabindex: 0,
      "aria-orientation": side === "bottom" ? "horizontal" : "vertical",
      "aria-valuemin": least,
      "aria-valuemax": most,
      "aria-valuenow": least,
    });
    this.localize(text);
    const stored = Number(readPreference(this.#name));
    if (stored >= least && stored <= most) {
      this.#set(stored);
    }
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.element.setPointerCapture(event.pointerId);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) {
        this.#set(this.#percentAt(event));
      }
    });
    this.element.addEventListener("pointerup", () => this.#store());
    this.element.addEventListener("keydown", (event) => this.#keydown(event));
    this.element.addEventListener("focus", () => this.#tell());
  }

  localize(text: Text): void {
    const label = this.#options.label(text);
    this.element.setAttribute("aria-label", label);
    this.element.title = label;
  }

  #percentAt({ clientX, clientY }: PointerEvent): number {
    const { pane, side } = this.#options;
    const { bottom, left } = pane.getBoundingClientRect();
    return side === "bottom"
      ? ((bottom - clientY) / innerHeight) * 100
      : ((clientX - left) / innerWidth) * 100;
  }

  #keydown(event: KeyboardEvent): void {
    const { side, least, most } = this.#options;
    const now = this.#size;
    const [more, less] = side === "bottom" ? ["ArrowUp", "ArrowDown"] : ["ArrowRight", "ArrowLeft"];
    const next = new Map([
      [more, now + STEP],
      [less, now - STEP],
      ["Home", least],
      ["End", most],
    ]).get(event.key);
    if (next !== undefined) {
      event.preventDefault();
      this.#set(next);
      this.#store();
    }
  }

  #set(percent: number): void {
    const { side, least, most } = this.#options;
    const bounded = Math.max(least, Math.min(most, percent));
    const unit = side === "bottom" ? "vh" : "vw";
    document.documentElement.style.setProperty(`--${this.#name}`, `${bounded}${unit}`);
    this.#tell();
  }

  /** The pane's actual size in percent: the style sheet keeps it from becoming too small to use. */
  get #size(): number {
    const { pane, side } = this.#options;
    return (side === "bottom" ? pane.offsetHeight / innerHeight : pane.offsetWidth / innerWidth) * 100;
  }

  #tell(): void {
    this.element.setAttribute("aria-valuenow", String(Math.round(this.#size)));
  }

  #store(): void {
    writePreference(this.#name, String(Math.round(this.#size)));
  }
}
