import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";

/** The scene's natural size, at which it is as large as the text around it, is 1. */
const LEAST_ZOOM = 0.3;
const MOST_ZOOM = 3;
const STEP = 1.25;
/** The zooms that "show everything" chooses from are this far apart: it does not tremble with every pod. */
const FIT_STEP = 0.05;
/** Pixels that the pointer moves before a press becomes a pan. */
const PAN_AFTER = 5;

/** What a viewport asks of whoever draws in it. */
export interface Drawn {
  /** The zoom has changed: draw in the next frame. */
  redraw(): void;
  /** Height of the scene when it is laid out for a width. */
  heightAt(width: number): number;
}

/**
 * The window through which the diagram is seen: scrolled by the browser, zoomed
 * by wheel, pinch, keys and buttons, panned by the mouse. Below its natural size
 * the scene is laid out wider, so that nothing of the window is wasted; above it
 * the picture grows.
 */
export class Viewport {
  /** The scrolling element; the drawing is in it. */
  readonly scroller: HTMLElement;
  readonly controls = html("div", { class: "zoom-controls", role: "group" });
  readonly #drawn: Drawn;
  readonly #out = html("button", { type: "button", class: "icon-button" }, "−");
  readonly #normal = html("button", { type: "button", class: "zoom-value" });
  readonly #in = html("button", { type: "button", class: "icon-button" }, "+");
  readonly #fit = html("button", { type: "button", class: "zoom-fit", "aria-pressed": "false" });
  #text: Text;
  #zoom = 1;
  #fitting = false;
  #width = 0;
  #height = 0;
  /** Pixels for a pixel of the scene at its natural size. */
  #scale = 1;
  #pan: { x: number; y: number; left: number; top: number; moved: boolean } | undefined;
  #anchor:
    | { across: number; down: number; point: { x: number; y: number }; pageScrolls: boolean }
    | undefined;
  #pinch: { distance: number; zoom: number } | undefined;

  constructor(scroller: HTMLElement, drawn: Drawn, text: Text) {
    this.scroller = scroller;
    this.#drawn = drawn;
    this.#text = text;
    this.controls.append(this.#out, this.#normal, this.#in, this.#fit);
    this.#out.addEventListener("click", () => this.zoomBy(1 / STEP));
    this.#in.addEventListener("click", () => this.zoomBy(STEP));
    this.#normal.addEventListener("click", () => this.#set(1, undefined));
    this.#fit.addEventListener("click", () => this.toggleFit());
    scroller.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    scroller.addEventListener("pointerdown", (event) => this.#press(event));
    scroller.addEventListener("pointermove", (event) => this.#drag(event));
    for (const type of ["pointerup", "pointercancel"] as const) {
      scroller.addEventListener(type, () => this.#release());
    }
    // The click at the end of a pan chooses nothing.
    scroller.addEventListener("click", (event) => this.#swallow(event), { capture: true });
    scroller.addEventListener("touchstart", (event) => this.#touch(event), { passive: true });
    scroller.addEventListener("touchmove", (event) => this.#pinched(event), { passive: false });
    scroller.addEventListener("touchend", () => {
      this.#pinch = undefined;
    });
    this.localize(text);
  }

  /** Of the window inside its borders, in pixels; `scale` is how many of them a pixel of the scene is by nature. */
  resize(width: number, height: number, scale: number): void {
    this.#width = width;
    this.#height = height;
    this.#scale = scale;
  }

  /** The width that the scene is to be laid out for; 0 before there is a window. */
  get sceneWidth(): number {
    return this.#widthAt(Math.min(this.#zoom, 1));
  }

  /** Pixels for a pixel of the scene. */
  get magnification(): number {
    return this.#zoom * this.#scale;
  }

  /** Chooses the zoom again while everything is to be shown. Before each drawing. */
  settle(): void {
    if (this.#fitting && this.#width > 0) {
      this.#zoom = this.#fittingZoom();
    }
    this.#write();
  }

  /** A key that changes the size; false for any other. */
  key(key: string): boolean {
    switch (key) {
      case "+":
      case "=":
        this.zoomBy(STEP);
        return true;
      case "-":
        this.zoomBy(1 / STEP);
        return true;
      case "0":
        this.toggleFit();
        return true;
      default:
        return false;
    }
  }

  zoomBy(factor: number, at?: { x: number; y: number }): void {
    this.#set(this.#zoom * factor, at);
  }

  toggleFit(): void {
    this.#fitting = !this.#fitting;
    if (this.#fitting) {
      this.#drawn.redraw();
    } else {
      this.#set(1, undefined);
    }
  }

  /** Brings what has the focus into view, with some of what is around it. */
  reveal(element: Element): void {
    const window = this.scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const margin = 24;
    const by = (low: number, high: number, from: number, to: number) =>
      low < from + margin ? low - from - margin : high > to - margin ? high - to + margin : 0;
    const left = by(box.left, box.right, window.left, window.right);
    const top = by(box.top, box.bottom, window.top, window.bottom);
    if (left !== 0 || top !== 0) {
      this.scroller.scrollBy({ left, top, behavior: "instant" });
    }
  }

  localize(text: Text): void {
    this.#text = text;
    this.controls.setAttribute("aria-label", text.diagram);
    this.#in.setAttribute("aria-label", text.zoomIn);
    this.#out.setAttribute("aria-label", text.zoomOut);
    setText(this.#fit, text.zoomFit);
    this.#write();
  }

  #write(): void {
    const percent = Math.round(this.#zoom * 100);
    setText(this.#normal, `${percent} %`);
    const label = this.#text.zoomNormal(percent);
    if (this.#normal.getAttribute("aria-label") !== label) {
      this.#normal.setAttribute("aria-label", label);
    }
    this.#fit.setAttribute("aria-pressed", String(this.#fitting));
    this.scroller.classList.toggle("zoomed", this.#zoom > 1);
  }

  #set(zoom: number, at: { x: number; y: number } | undefined): void {
    const next = Math.min(Math.max(zoom, LEAST_ZOOM), MOST_ZOOM);
    this.#fitting = false;
    const { scroller } = this;
    const point = at ?? { x: this.#width / 2, y: this.#height / 2 };
    const window = scroller.getBoundingClientRect();
    const drawing = this.#drawing();
    const across = (window.left + point.x - drawing.left) / Math.max(drawing.width, 1);
    const down = (window.top + point.y - drawing.top) / Math.max(drawing.height, 1);
    // 100 % is easy to hit.
    this.#zoom = Math.abs(next - 1) < 0.04 ? 1 : next;
    // Of several steps before a drawing the first knows what was there.
    this.#anchor ??= { across, down, point, pageScrolls: at !== undefined };
    this.#drawn.redraw();
  }

  /** After each drawing: what was under the pointer stays there. */
  drew(): void {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    if (anchor !== undefined) {
      const { across, down, point, pageScrolls } = anchor;
      const { scroller } = this;
      const window = scroller.getBoundingClientRect();
      const drawing = this.#drawing();
      const top = drawing.top + down * drawing.height - window.top - point.y;
      scroller.scrollLeft += drawing.left + across * drawing.width - window.left - point.x;
      scroller.scrollTop += top;
      // On a narrow page the window is as high as what is in it, and the page scrolls instead.
      if (pageScrolls && scroller.scrollHeight === scroller.clientHeight) {
        scrollBy({ top, behavior: "instant" });
      }
    }
  }

  /** Where the drawing is on the page. The window may have room below it that does not grow with it. */
  #drawing(): DOMRect {
    return (this.scroller.firstElementChild ?? this.scroller).getBoundingClientRect();
  }

  /** The largest zoom up to 1 at which the scene, laid out for it, is not higher than the window. */
  #fittingZoom(): number {
    for (let zoom = 1; zoom > LEAST_ZOOM; zoom -= FIT_STEP) {
      if (this.#drawn.heightAt(this.#widthAt(zoom)) * zoom * this.#scale <= this.#height) {
        return zoom;
      }
    }
    return LEAST_ZOOM;
  }

  #widthAt(zoom: number): number {
    return Math.floor(this.#width / (zoom * this.#scale));
  }

  /** A pinch on a touch pad comes as a wheel with Ctrl. */
  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey) {
      return;
    }
    event.preventDefault();
    const { left, top } = this.scroller.getBoundingClientRect();
    this.zoomBy(Math.exp(-event.deltaY / 240), { x: event.clientX - left, y: event.clientY - top });
  }

  #press(event: PointerEvent): void {
    const { scroller } = this;
    if (event.pointerType === "mouse" && event.button === 0) {
      this.#pan = {
        x: event.clientX,
        y: event.clientY,
        left: scroller.scrollLeft,
        top: scroller.scrollTop,
        moved: false,
      };
    }
  }

  #drag(event: PointerEvent): void {
    const pan = this.#pan;
    if (pan === undefined || event.buttons === 0) {
      this.#pan = undefined;
      return;
    }
    const [x, y] = [event.clientX - pan.x, event.clientY - pan.y];
    if (!pan.moved && Math.hypot(x, y) > PAN_AFTER) {
      pan.moved = true;
      this.scroller.setPointerCapture(event.pointerId);
      this.scroller.classList.add("panning");
    }
    if (pan.moved) {
      this.scroller.scrollLeft = pan.left - x;
      this.scroller.scrollTop = pan.top - y;
    }
  }

  #release(): void {
    this.scroller.classList.remove("panning");
    if (this.#pan?.moved === false) {
      this.#pan = undefined;
    }
  }

  #swallow(event: MouseEvent): void {
    if (this.#pan?.moved) {
      event.stopPropagation();
    }
    this.#pan = undefined;
  }

  #touch(event: TouchEvent): void {
    const distance = distanceOf(event.touches);
    this.#pinch = distance === undefined ? undefined : { distance, zoom: this.#zoom };
  }

  #pinched(event: TouchEvent): void {
    const distance = distanceOf(event.touches);
    const [first, second] = event.touches;
    if (this.#pinch === undefined || distance === undefined || first === undefined || second === undefined) {
      return;
    }
    event.preventDefault();
    const { left, top } = this.scroller.getBoundingClientRect();
    this.#set((this.#pinch.zoom * distance) / this.#pinch.distance, {
      x: (first.clientX + second.clientX) / 2 - left,
      y: (first.clientY + second.clientY) / 2 - top,
    });
  }
}

/** Between two fingers; undefined for another number of them. */
function distanceOf(touches: TouchList): number | undefined {
  const [first, second, third] = touches;
  return first === undefined || second === undefined || third !== undefined
    ? undefined
    : Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY);
}
