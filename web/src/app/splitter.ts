import { html } from "../dom/element.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** The dock's height in percent of the window. */
const LEAST = 18;
const MOST = 70;
const STEP = 4;
const PREFERENCE = "dock-height";

/** The line above the dock: dragged, or moved with the arrow keys, it changes the dock's height. */
export class Splitter {
  readonly element: HTMLElement;
  readonly #dock: HTMLElement;
  #height: number | undefined;

  constructor(dock: HTMLElement, label: string) {
    this.#dock = dock;
    this.element = html("div", {
      class: "splitter",
      role: "separator",
      tabindex: 0,
      "aria-orientation": "horizontal",
      "aria-valuemin": LEAST,
      "aria-valuemax": MOST,
    });
    this.localize(label);
    const stored = Number(readPreference(PREFERENCE));
    if (stored >= LEAST && stored <= MOST) {
      this.#set(stored);
    } else {
      this.element.setAttribute("aria-valuenow", "38");
    }
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.element.setPointerCapture(event.pointerId);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) {
        const bottom = this.#dock.getBoundingClientRect().bottom;
        this.#set(((bottom - event.clientY) / innerHeight) * 100);
      }
    });
    this.element.addEventListener("pointerup", () => this.#store());
    this.element.addEventListener("keydown", (event) => this.#keydown(event));
  }

  localize(label: string): void {
    this.element.setAttribute("aria-label", label);
    this.element.title = label;
  }

  #keydown(event: KeyboardEvent): void {
    const now = this.#height ?? (this.#dock.offsetHeight / innerHeight) * 100;
    const next =
      event.key === "ArrowUp"
        ? now + STEP
        : event.key === "ArrowDown"
          ? now - STEP
          : event.key === "Home"
            ? LEAST
            : event.key === "End"
              ? MOST
              : undefined;
    if (next !== undefined) {
      event.preventDefault();
      this.#set(next);
      this.#store();
    }
  }

  #set(percent: number): void {
    this.#height = Math.max(LEAST, Math.min(MOST, percent));
    document.documentElement.style.setProperty("--dock-height", `${this.#height}vh`);
    this.element.setAttribute("aria-valuenow", String(Math.round(this.#height)));
  }

  #store(): void {
    if (this.#height !== undefined) {
      writePreference(PREFERENCE, String(Math.round(this.#height)));
    }
  }
}
