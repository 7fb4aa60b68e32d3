import { html } from "../../dom/element.ts";
import type { Tabs } from "../../dom/tabs.ts";
import type { Text } from "../../language/text.ts";
import { Splitter } from "./splitter.ts";

/** The panes of the page, with sizes that the reader can change: the work pane beside the diagram and the dock. */
export class Panes {
  readonly element: HTMLElement;
  readonly #splitters: readonly [Splitter, Splitter];

  constructor(work: Tabs, diagram: HTMLElement, dock: Tabs, text: Text) {
    const left = html("section", { class: "work" }, work.element);
    const below = html("section", { class: "dock" }, dock.element);
    const sideways = new Splitter(
      { pane: left, side: "left", least: 22, most: 60, label: (words) => words.resizeWork },
      text,
    );
    const upwards = new Splitter(
      { pane: below, side: "bottom", least: 18, most: 70, label: (words) => words.resizeDock },
      text,
    );
    this.#splitters = [sideways, upwards];
    this.element = html(
      "main",
      { class: "main" },
      left,
      sideways.element,
      html("div", { class: "watch" }, diagram, upwards.element, below),
    );
  }

  localize(text: Text): void {
    for (const splitter of this.#splitters) {
      splitter.localize(text);
    }
  }
}
