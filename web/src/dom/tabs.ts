import { html, setText } from "./element.ts";

export interface Tab {
  readonly id: string;
  readonly panel: HTMLElement;
  /** False for a tab that is hidden until `setAvailable`. */
  readonly available?: boolean;
}

interface Entry {
  readonly id: string;
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
}

/** How a tab was chosen: pressed, which may move the focus into its panel, or passed by an arrow key, which may not. */
export type Choice = "pressed" | "passed";

/** Shows one of several panels, after the tabs pattern of the ARIA Authoring Practices: arrow keys move between tabs and show their panels. */
export class Tabs {
  readonly element: HTMLElement;
  readonly list: HTMLElement;
  readonly #entries: readonly Entry[];
  readonly #onShow: (id: string, choice: Choice) => void;
  #active = "";

  /** `onShow` is called when the user, not the page, has chosen a tab. */
  constructor(tabs: readonly Tab[], onShow: (id: string, choice: Choice) => void = () => undefined) {
    this.#onShow = onShow;
    this.#entries = tabs.map(({ id, panel, available = true }) => ({
      id,
      button: html("button", {
        type: "button",
        role: "tab",
        hidden: !available,
        id: `tab-${id}`,
        "aria-controls": `panel-${id}`,
      }),
      panel: html(
        "div",
        { class: "tab-panel", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` },
        panel,
      ),
    }));
    this.list = html(
      "div",
      { class: "tab-list", role: "tablist" },
      ...this.#entries.map(({ button }) => button),
    );
    this.element = html("div", { class: "tabs" }, this.list, ...this.#entries.map(({ panel }) => panel));
    for (const { id, button } of this.#entries) {
      button.addEventListener("click", () => {
        this.show(id);
        this.#onShow(id, "pressed");
      });
    }
    this.list.addEventListener("keydown", (event) => this.#keydown(event));
    this.element.hidden = this.#shown.length === 0;
    this.#activate(this.#shown[0]?.id ?? "");
  }

  get active(): string {
    return this.#active;
  }

  /** Shows a panel, unless its tab is hidden. */
  show(id: string): void {
    if (this.#shown.some((entry) => entry.id === id)) {
      this.#activate(id);
    }
  }

  #activate(id: string): void {
    this.#active = id;
    for (const entry of this.#entries) {
      const isActive = entry.id === id;
      entry.button.setAttribute("aria-selected", String(isActive));
      entry.button.tabIndex = isActive ? 0 : -1;
      entry.panel.hidden = !isActive;
    }
  }

  /** Hides a tab, or shows it again. When the active one is hidden, the first takes its place; without any, all is hidden. */
  setAvailable(id: string, available: boolean): void {
    const entry = this.#entries.find((candidate) => candidate.id === id);
    if (entry !== undefined) {
      entry.button.hidden = !available;
      this.element.hidden = this.#shown.length === 0;
      if (!this.#shown.some(({ id }) => id === this.#active)) {
        this.#activate(this.#shown[0]?.id ?? "");
      }
    }
  }

  get #shown(): readonly Entry[] {
    return this.#entries.filter(({ button }) => !button.hidden);
  }

  localize(label: string, names: Readonly<Record<string, string>>): void {
    this.list.setAttribute("aria-label", label);
    for (const { id, button } of this.#entries) {
      setText(button, names[id] ?? id);
    }
  }

  #keydown(event: KeyboardEvent): void {
    const shown = this.#shown;
    const index = shown.findIndex(({ id }) => id === this.#active);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = shown[(index + step + shown.length) % shown.length];
    if (step !== 0 && next !== undefined) {
      event.preventDefault();
      this.show(next.id);
      next.button.focus();
      this.#onShow(next.id, "passed");
    }
  }
}
