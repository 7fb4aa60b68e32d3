import type { Client } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import { Console, type Shell } from "./console.ts";
import { History } from "./history.ts";
import { type Loadable, Loading } from "./loading.ts";

/** Keeps the history across a reload. */
export interface HistoryStore {
  load(): readonly string[];
  save(lines: readonly string[]): void;
}

export interface TerminalOptions {
  readonly client: Pick<Client, "inventory">;
  readonly shell: Shell & Loadable;
  readonly text: Text;
  readonly history: HistoryStore;
  readonly onSelect: (uid: string) => void;
}

/** Terminals that may be open at once. */
const MAX_TERMINALS = 8;

interface Entry {
  readonly console: Console;
  readonly number: number;
  readonly tab: HTMLButtonElement;
  readonly panel: HTMLElement;
}

/** The terminals of the page, each in a tab, each with a session of the shell that runs one line at a time. */
export class Terminal {
  readonly element: HTMLElement;
  readonly #options: TerminalOptions;
  readonly #tabs = html("div", { class: "terminal-tabs", role: "tablist" });
  readonly #add = html("button", { type: "button", class: "icon-button terminal-add" }, "+");
  readonly #close = html("button", { type: "button", class: "icon-button terminal-close" }, icon("close"));
  readonly #panels = html("div", { class: "terminal-panels" });
  readonly #loading: Loading;
  readonly #entries: Entry[] = [];
  readonly #history: History;
  #active: Entry;
  #opened = 0;
  #text: Text;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#text = options.text;
    this.#history = new History(options.history.load());
    this.#loading = new Loading(options.shell, options.text);
    this.element = html(
      "div",
      { class: "terminal" },
      html("div", { class: "terminal-bar" }, this.#tabs, this.#add, this.#loading.element, this.#close),
      this.#panels,
    );
    this.#add.addEventListener("click", () => {
      this.#show(this.#open());
      this.#active.console.focus();
    });
    this.#close.addEventListener("click", () => this.#closeActive());
    this.#panels.addEventListener("focusin", () => this.opened());
    this.#tabs.addEventListener("keydown", (event) => this.#keydown(event));
    this.#active = this.#open();
    this.#show(this.#active);
    this.localize(options.text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.#tabs.setAttribute("aria-label", text.terminals);
    this.#add.setAttribute("aria-label", text.terminalNew);
    this.#add.title = text.terminalNew;
    this.#close.setAttribute("aria-label", text.terminalClose);
    this.#close.title = text.terminalClose;
    this.#loading.localize(text);
    for (const entry of this.#entries) {
      entry.console.localize(text);
    }
    this.#mark();
  }

  /** The terminal is visible, so a command will follow soon. */
  opened(): void {
    this.#loading.want();
  }

  /** Focuses the input as if `typed` had been typed there, with Enter after each line except the last. */
  focus(typed = ""): void {
    this.#active.console.focus(typed);
  }

  /** Puts a command into the terminal that is shown, for the reader to run. */
  offer(line: string): void {
    this.#active.console.offer(line);
  }

  /** Runs a line in the terminal that is shown. */
  run(line: string): void {
    this.opened();
    this.#active.console.run(line);
  }

  /** Types a line into the terminal that is shown, for all to see, and runs it; resolves with its exit status. */
  demonstrate(line: string, signal: AbortSignal): Promise<number> {
    this.opened();
    return this.#active.console.demonstrate(line, signal);
  }

  destroy(): void {
    this.#loading.destroy();
    for (const { console } of this.#entries) {
      console.destroy();
    }
    this.element.remove();
  }

  #open(): Entry {
    const number = ++this.#opened;
    const session = String(number);
    const tab = html("button", {
      type: "button",
      role: "tab",
      class: "terminal-tab",
      id: `terminal-tab-${session}`,
      "aria-controls": `terminal-panel-${session}`,
    });
    const console = new Console(
      {
        shell: this.#options.shell,
        session,
        history: this.#history,
        uidOf: (name) => this.#uidOf(name),
        onSelect: this.#options.onSelect,
        onChange: () => this.#mark(),
      },
      this.#text,
    );
    const panel = html(
      "div",
      {
        class: "terminal-panel",
        role: "tabpanel",
        id: `terminal-panel-${session}`,
        "aria-labelledby": `terminal-tab-${session}`,
      },
      console.element,
    );
    const entry = { console, number, tab, panel };
    tab.addEventListener("click", () => {
      this.#show(entry);
      console.focus();
    });
    this.#entries.push(entry);
    this.#tabs.append(tab);
    this.#panels.append(panel);
    return entry;
  }

  #show(shown: Entry): void {
    this.#active = shown;
    for (const entry of this.#entries) {
      const isActive = entry === shown;
      entry.tab.setAttribute("aria-selected", String(isActive));
      entry.tab.tabIndex = isActive ? 0 : -1;
      entry.panel.hidden = !isActive;
    }
    this.#mark();
  }

  #closeActive(): void {
    const index = this.#entries.indexOf(this.#active);
    const [closed] = this.#entries.splice(index, 1);
    closed?.console.destroy();
    closed?.tab.remove();
    closed?.panel.remove();
    this.#show(this.#entries[Math.min(index, this.#entries.length - 1)] ?? this.#open());
    this.#active.console.focus();
  }

  /** Names of the tabs, a mark at those in which something runs, and the kept history. */
  #mark(): void {
    for (const { tab, number, console } of this.#entries) {
      setText(tab, console.isRunning ? this.#text.terminalBusy(number) : this.#text.terminalName(number));
    }
    this.#add.disabled = this.#entries.length >= MAX_TERMINALS;
    this.#options.history.save(this.#history.lines);
  }

  #keydown(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const index = this.#entries.indexOf(this.#active);
    const next = this.#entries[(index + step + this.#entries.length) % this.#entries.length];
    if (step !== 0 && next !== undefined) {
      event.preventDefault();
      this.#show(next);
      next.tab.focus();
    }
  }

  /** An object of the diagram by its name; one in the namespace default takes precedence. */
  #uidOf(name: string): string | undefined {
    let found: string | undefined;
    for (const item of this.#options.client.inventory.items.values()) {
      if (item.name === name) {
        if (item.namespace === "default") {
          return item.uid;
        }
        found ??= item.uid;
      }
    }
    return found;
  }
}
