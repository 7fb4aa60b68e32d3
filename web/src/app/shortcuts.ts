import type { Client } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { ClockCommand } from "../protocol.ts";
import { closeOnBackdrop } from "./dialogs.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** The speeds that the keys go through. */
const RATES = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100];
const PREFERENCE = "single-keys";

type Name = "pause" | "step" | "skip" | "slower" | "faster" | "help";

const KEYS: readonly (readonly [string, Name])[] = [
  ["p", "pause"],
  [".", "step"],
  ["s", "skip"],
  ["[", "slower"],
  ["]", "faster"],
  ["?", "help"],
];

/** Single keys for the clock, which can be turned off (WCAG 2.1.4), and the sheet that tells of them. */
export class Shortcuts {
  readonly element: HTMLDialogElement;
  readonly #client: Client;
  readonly #onError: (error: unknown) => void;
  readonly #title = html("h2", { id: "shortcuts-title" });
  readonly #list = html("dl", { class: "shortcut-list" });
  readonly #single = html("input", { type: "checkbox", id: "single-keys" });
  readonly #singleLabel = html("label", { for: "single-keys" });
  readonly #hint = html("p", { class: "muted" });
  readonly #close = html("button", { type: "button", class: "primary" });
  readonly #listener = (event: KeyboardEvent) => this.#keydown(event);

  constructor(client: Client, text: Text, onError: (error: unknown) => void) {
    this.#client = client;
    this.#onError = onError;
    this.#single.checked = readPreference(PREFERENCE) !== "off";
    this.element = html(
      "dialog",
      { class: "dialog", "aria-labelledby": "shortcuts-title" },
      this.#title,
      this.#list,
      html("p", { class: "shortcut-single" }, this.#single, this.#singleLabel),
      this.#hint,
      html("div", { class: "dialog-actions" }, this.#close),
    );
    this.#close.addEventListener("click", () => this.element.close());
    this.#single.addEventListener("change", () =>
      writePreference(PREFERENCE, this.#single.checked ? "on" : "off"),
    );
    closeOnBackdrop(this.element);
    addEventListener("keydown", this.#listener);
    this.localize(text);
  }

  open(): void {
    this.element.showModal();
  }

  localize(text: Text): void {
    const words = text.shortcuts;
    setText(this.#title, words.title);
    setText(this.#close, words.close);
    setText(this.#singleLabel, words.single);
    setText(this.#hint, words.singleHint);
    const rows: readonly (readonly [string, string])[] = [
      ...KEYS.map(([key, name]) => [key, words[name]] as const),
      ["← ↑ → ↓", words.move],
      ["Enter", words.choose],
    ];
    this.#list.replaceChildren(
      ...rows.map(([key, what]) =>
        html("div", {}, html("dt", {}, html("kbd", {}, key)), html("dd", {}, what)),
      ),
    );
  }

  destroy(): void {
    removeEventListener("keydown", this.#listener);
    this.element.remove();
  }

  #keydown(event: KeyboardEvent): void {
    if (
      !this.#single.checked ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.defaultPrevented ||
      this.element.open ||
      takesText(event.composedPath()[0])
    ) {
      return;
    }
    const name = KEYS.find(([key]) => key === event.key)?.[1];
    if (name !== undefined) {
      event.preventDefault();
      this.#do(name);
    }
  }

  #do(name: Name): void {
    const clock = this.#client.clock;
    switch (name) {
      case "help":
        this.open();
        break;
      case "pause":
        this.#send({ kind: clock?.paused ? "resume" : "pause" });
        break;
      case "step":
        this.#send({ kind: "step" });
        break;
      case "skip":
        this.#send({ kind: "skip", settled: true });
        break;
      case "slower":
      case "faster": {
        const rate = clock?.rate ?? 1;
        const next =
          name === "faster"
            ? RATES.find((candidate) => candidate > rate)
            : RATES.findLast((candidate) => candidate < rate);
        if (next !== undefined) {
          this.#send({ kind: "rate", rate: next });
        }
        break;
      }
    }
  }

  #send(command: ClockCommand): void {
    if (this.#client.clock?.mode === "run" || command.kind === "pause" || command.kind === "resume") {
      this.#client.command(command).catch(this.#onError);
    }
  }
}

/** Whether keys typed there are text, or choose something. There: where the event began, inside a shadow tree too. */
function takesText(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=textbox], .terminal") !== null)
  );
}
