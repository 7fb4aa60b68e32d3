import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { closeOnBackdrop } from "../dialogs/dialogs.ts";
import { readPreference, writePreference } from "../preferences.ts";
import {
  actionOf,
  assign,
  chordOf,
  DEFAULT_KEYS,
  isSingle,
  KEY_ACTIONS,
  type KeyAction,
  type Keys,
  readKeys,
  writeKeys,
} from "./keys.ts";

const SINGLE = "single-keys";
const KEYS = "keys";

/** The page-wide keys, which can be changed and turned off, and the dialog that lists them. */
export class Shortcuts {
  readonly element: HTMLDialogElement;
  readonly #onAction: (action: KeyAction) => void;
  readonly #title = html("h2", { id: "shortcuts-title" });
  readonly #intro = html("p", { class: "muted" });
  readonly #list = html("dl", { class: "shortcut-list" });
  readonly #said = html("p", { class: "shortcut-said", role: "status" });
  readonly #single = html("input", { type: "checkbox", id: "single-keys" });
  readonly #singleLabel = html("label", { for: "single-keys" });
  readonly #hint = html("p", { class: "muted" });
  readonly #reset = html("button", { type: "button" });
  readonly #close = html("button", { type: "button", class: "primary" });
  readonly #listener = (event: KeyboardEvent) => this.#keydown(event);
  #text: Text;
  #keys: Keys = readKeys(readPreference(KEYS));
  /** The action for which a new key is awaited. */
  #recording: KeyAction | undefined;

  constructor(text: Text, onAction: (action: KeyAction) => void) {
    this.#text = text;
    this.#onAction = onAction;
    this.#single.checked = readPreference(SINGLE) !== "off";
    this.element = html(
      "dialog",
      { class: "dialog", "aria-labelledby": "shortcuts-title" },
      this.#title,
      this.#intro,
      this.#list,
      this.#said,
      html("p", { class: "shortcut-single" }, this.#single, this.#singleLabel),
      this.#hint,
      html("div", { class: "dialog-actions" }, this.#reset, this.#close),
    );
    this.#close.addEventListener("click", () => this.element.close());
    this.element.addEventListener("close", () => this.#record(undefined));
    this.#reset.addEventListener("click", () => this.#setKeys(DEFAULT_KEYS, this.#text.shortcuts.wereReset));
    this.#single.addEventListener("change", () =>
      writePreference(SINGLE, this.#single.checked ? "on" : "off"),
    );
    closeOnBackdrop(this.element);
    // In the capture phase, so that nothing else sees the awaited key.
    addEventListener("keydown", this.#listener, true);
    this.localize(text);
  }

  /** The chord of an action as the palette shows it. */
  keyOf(action: KeyAction): string {
    const chord = this.#keys[action];
    return isSingle(chord) && !this.#single.checked ? "" : chord;
  }

  open(): void {
    setText(this.#said, "");
    this.element.showModal();
  }

  localize(text: Text): void {
    this.#text = text;
    const words = text.shortcuts;
    setText(this.#title, words.title);
    setText(this.#intro, words.intro);
    setText(this.#close, words.close);
    setText(this.#reset, words.reset);
    setText(this.#singleLabel, words.single);
    setText(this.#hint, words.singleHint);
    this.#write();
  }

  destroy(): void {
    removeEventListener("keydown", this.#listener, true);
    this.element.remove();
  }

  #write(): void {
    const words = this.#text.shortcuts;
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.action : "";
    this.#list.replaceChildren(
      ...KEY_ACTIONS.map((action) => this.#row(action)),
      ...(
        [
          ["Ctrl+K", words.actions.palette],
          ["← ↑ → ↓", words.move],
          ["Enter", words.choose],
          ["F6", words.panes],
        ] as const
      ).map(([key, what]) => html("div", {}, html("dt", {}, html("kbd", {}, key)), html("dd", {}, what))),
    );
    this.#list.querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus();
  }

  #row(action: KeyAction): HTMLElement {
    const words = this.#text.shortcuts;
    const name = words.actions[action];
    const isRecording = this.#recording === action;
    const key = isRecording ? words.press : this.#keys[action];
    const button = html(
      "button",
      {
        type: "button",
        class: "key-button",
        "data-action": action,
        "aria-label": words.change(name, this.#keys[action]),
        "aria-pressed": String(isRecording),
      },
      html("kbd", {}, key === "" ? "—" : key),
    );
    button.addEventListener("click", () => this.#record(isRecording ? undefined : action));
    return html("div", {}, html("dt", {}, button), html("dd", {}, name));
  }

  #record(action: KeyAction | undefined): void {
    if (action !== this.#recording) {
      this.#recording = action;
      setText(
        this.#said,
        action === undefined ? "" : this.#text.shortcuts.recording(this.#text.shortcuts.actions[action]),
      );
      this.#write();
    }
  }

  #keydown(event: KeyboardEvent): void {
    if (this.#recording !== undefined) {
      this.#take(event, this.#recording);
      return;
    }
    const chord = chordOf(event);
    const action = chord === undefined ? undefined : actionOf(this.#keys, chord);
    if (
      action === undefined ||
      chord === undefined ||
      document.querySelector("dialog[open]") !== null ||
      (isSingle(chord) && (!this.#single.checked || takesText(event.composedPath()[0])))
    ) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.#onAction(action);
  }

  /** A key was pressed for an action: Escape leaves it as it is, Backspace takes its key away. */
  #take(event: KeyboardEvent, action: KeyAction): void {
    if (event.key === "Tab") {
      this.#record(undefined);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const words = this.#text.shortcuts;
    if (event.key === "Escape") {
      this.#record(undefined);
      return;
    }
    const chord = event.key === "Backspace" || event.key === "Delete" ? "" : chordOf(event);
    if (chord === undefined) {
      return;
    }
    const result = assign(this.#keys, action, chord);
    if ("taken" in result) {
      setText(this.#said, words.taken(chord, words.actions[result.taken]));
      return;
    }
    this.#recording = undefined;
    this.#setKeys(result.keys, words.changed(words.actions[action], chord));
  }

  #setKeys(keys: Keys, said: string): void {
    this.#keys = keys;
    this.#recording = undefined;
    writePreference(KEYS, writeKeys(keys));
    this.#write();
    setText(this.#said, said);
  }
}

/** Whether keys typed at `target`, where the event began (inside a shadow tree too), are text or choose something. */
function takesText(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=textbox], .terminal") !== null)
  );
}
