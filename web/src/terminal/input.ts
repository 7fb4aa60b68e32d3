import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { History } from "./history.ts";
import { commonPrefix, insertCompletion, isIncomplete, withBlank } from "./typing.ts";

export interface Completions {
  /** Characters before the cursor that a candidate replaces. */
  readonly replace: number;
  readonly candidates: readonly { readonly text: string; readonly description: string }[];
}

export interface InputOptions {
  readonly id: string;
  readonly history: History;
  readonly submit: (line: string) => void;
  /** Ctrl-C with nothing selected. */
  readonly interrupt: () => void;
  /** Ctrl-D on an empty line. */
  readonly end: () => void;
  readonly clear: () => void;
  readonly complete: (line: string, cursor: number) => Promise<Completions>;
  /** The prompt before the line. */
  readonly prompt: () => string;
  /** Whether a running command reads the input: then every Enter ends a line. */
  readonly isRunning: () => boolean;
}

/** The number of candidates that are listed; the rest is counted. */
const LISTED = 60;

/** The input with history, search and completion. It may be several lines long. */
export class Input {
  readonly element: HTMLElement;
  readonly #options: InputOptions;
  readonly #prompt = html("span", { class: "terminal-prompt", "aria-hidden": "true" });
  readonly #field: HTMLTextAreaElement;
  readonly #list = html("ul", { class: "terminal-candidates", hidden: true });
  readonly #status = html("p", { class: "visually-hidden", role: "status" });
  readonly #help: HTMLElement;
  /** The text searched for with Ctrl-R, and how many matches were passed over. */
  #search: { text: string; skip: number; readonly before: string } | undefined;
  /** After Escape one Tab leaves the field, as everywhere else on the page. */
  #leaves = false;
  #text: Text;

  constructor(options: InputOptions, text: Text) {
    this.#options = options;
    this.#text = text;
    this.#help = html("span", { class: "visually-hidden", id: `${options.id}-help` });
    this.#field = html("textarea", {
      class: "terminal-field",
      id: options.id,
      rows: 1,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-describedby": `${options.id}-help`,
    });
    this.element = html(
      "div",
      { class: "terminal-input" },
      this.#list,
      html("div", { class: "terminal-entry" }, this.#prompt, this.#field),
      this.#status,
      this.#help,
    );
    this.#field.addEventListener("keydown", (event) => this.#keydown(event));
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("blur", () => {
      this.#leaves = false;
    });
    this.#list.addEventListener("click", (event) => this.#choose(event));
    this.localize(text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.#field.setAttribute("aria-label", text.terminalInput);
    setText(this.#help, text.terminalKeys);
    this.#showPrompt();
  }

  get value(): string {
    return this.#field.value;
  }

  set value(line: string) {
    this.#field.value = line;
    this.#field.selectionStart = this.#field.selectionEnd = line.length;
    this.#grow();
  }

  focus(): void {
    this.#field.focus();
  }

  /** Shows the prompt, or that the input goes to a running command. */
  refresh(): void {
    this.element.classList.toggle("terminal-busy", this.#options.isRunning());
    this.#showPrompt();
  }

  #showPrompt(): void {
    const search = this.#search;
    if (search !== undefined) {
      setText(this.#prompt, `${this.#text.terminalSearch}: ${search.text}`);
    } else {
      setText(this.#prompt, this.#options.isRunning() ? "" : this.#options.prompt());
    }
  }

  #changed(): void {
    this.#hideCandidates();
    this.#grow();
    if (this.#search !== undefined) {
      this.#endSearch();
    }
  }

  /** The field is as high as its lines, up to what the style allows. */
  #grow(): void {
    this.#field.rows = Math.max(1, Math.min(12, this.#field.value.split("\n").length));
  }

  #keydown(event: KeyboardEvent): void {
    if (event.isComposing) {
      return;
    }
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.ctrlKey && !event.metaKey && !event.altKey) {
      this.#controlKey(event);
      return;
    }
    if (this.#search !== undefined && plain && this.#searchKey(event)) {
      event.preventDefault();
      return;
    }
    switch (event.key) {
      case "Enter":
        if (plain && !event.shiftKey) {
          event.preventDefault();
          this.#enter();
        }
        break;
      case "Tab":
        if (
          plain &&
          !event.shiftKey &&
          !this.#leaves &&
          this.#field.value.trim() !== "" &&
          !this.#options.isRunning()
        ) {
          event.preventDefault();
          void this.#complete();
        }
        break;
      case "Escape":
        this.#leaves = true;
        this.#hideCandidates();
        setText(this.#status, this.#text.terminalTabLeaves);
        break;
      case "ArrowUp":
        if (plain && !this.#field.value.slice(0, this.#field.selectionStart).includes("\n")) {
          this.#step(event, this.#options.history.back(this.#field.value));
        }
        break;
      case "ArrowDown":
        if (plain && !this.#field.value.slice(this.#field.selectionEnd).includes("\n")) {
          this.#step(event, this.#options.history.forward());
        }
        break;
    }
  }

  #controlKey(event: KeyboardEvent): void {
    const { selectionStart, selectionEnd, value } = this.#field;
    switch (event.key.toLowerCase()) {
      case "c":
        if (selectionStart === selectionEnd && (getSelection()?.isCollapsed ?? true)) {
          event.preventDefault();
          this.#endSearch();
          this.#options.interrupt();
        }
        break;
      case "d":
        if (value === "") {
          event.preventDefault();
          this.#options.end();
        }
        break;
      case "l":
        event.preventDefault();
        this.#options.clear();
        break;
      case "r":
        event.preventDefault();
        this.#searchBack();
        break;
      case "u":
        event.preventDefault();
        this.#field.setRangeText("", 0, selectionStart, "start");
        this.#grow();
        break;
      case "k":
        event.preventDefault();
        this.#field.setRangeText("", selectionEnd, value.length, "start");
        this.#grow();
        break;
    }
  }

  #enter(): void {
    const line = this.#field.value;
    if (!this.#options.isRunning() && isIncomplete(line)) {
      this.#field.setRangeText("\n", this.#field.selectionStart, this.#field.selectionEnd, "end");
      this.#grow();
      return;
    }
    this.#endSearch();
    this.#hideCandidates();
    this.value = "";
    this.#options.submit(line);
  }

  #step(event: KeyboardEvent, line: string | undefined): void {
    event.preventDefault();
    if (line !== undefined) {
      this.#hideCandidates();
      this.value = line;
    }
  }

  // ---------------------------------------------------------------- Ctrl-R

  #searchBack(): void {
    if (this.#search === undefined) {
      this.#search = { text: "", skip: 0, before: this.#field.value };
    } else if (this.#search.text !== "") {
      const next = this.#options.history.search(this.#search.text, this.#search.skip + 1);
      if (next !== undefined) {
        this.#search.skip++;
      }
    }
    this.#showMatch();
  }

  /** Handles a key during a search; false if it ends the search and has its usual effect. */
  #searchKey(event: KeyboardEvent): boolean {
    const search = this.#search;
    if (search === undefined) {
      return false;
    }
    if (event.key.length === 1) {
      search.text += event.key;
      search.skip = 0;
    } else if (event.key === "Backspace") {
      search.text = search.text.slice(0, -1);
      search.skip = 0;
    } else if (event.key === "Escape") {
      this.value = search.before;
      this.#endSearch();
      return true;
    } else if (event.key === "Shift") {
      return false;
    } else {
      this.#endSearch();
      return false;
    }
    this.#showMatch();
    return true;
  }

  #showMatch(): void {
    const search = this.#search;
    if (search !== undefined && search.text !== "") {
      const match = this.#options.history.search(search.text, search.skip);
      if (match !== undefined) {
        this.value = match;
      }
      setText(this.#status, match ?? this.#text.terminalNoMatch);
    }
    this.#showPrompt();
  }

  #endSearch(): void {
    this.#search = undefined;
    this.#showPrompt();
  }

  // ---------------------------------------------------------------- Tab

  async #complete(): Promise<void> {
    const { value, selectionStart } = this.#field;
    let found: Completions;
    try {
      found = await this.#options.complete(value, selectionStart);
    } catch {
      return; // nothing to offer
    }
    if (this.#field.value !== value || this.#field.selectionStart !== selectionStart) {
      return; // typed on meanwhile
    }
    const texts = found.candidates.map(({ text }) => text);
    const [only] = texts;
    if (only === undefined) {
      setText(this.#status, this.#text.terminalNoCompletion);
      return;
    }
    const insert = texts.length === 1 ? withBlank(only) : commonPrefix(texts);
    if (insert.length > found.replace || texts.length === 1) {
      this.#insert(value, selectionStart, found.replace, insert);
    }
    if (texts.length > 1) {
      this.#showCandidates(found, insert.length > found.replace ? insert.length : found.replace);
    } else {
      this.#hideCandidates();
    }
  }

  #insert(value: string, cursor: number, replace: number, text: string): void {
    const edit = insertCompletion(value, cursor, replace, text);
    this.#field.value = edit.text;
    this.#field.selectionStart = this.#field.selectionEnd = edit.cursor;
    this.#grow();
  }

  #showCandidates({ candidates }: Completions, replace: number): void {
    this.#list.replaceChildren(
      ...candidates.slice(0, LISTED).map(({ text, description }) =>
        html(
          "li",
          {},
          html(
            "button",
            {
              type: "button",
              class: "terminal-candidate",
              "data-text": text,
              "data-replace": replace,
              title: description,
            },
            text,
          ),
        ),
      ),
    );
    if (candidates.length > LISTED) {
      this.#list.append(
        html("li", { class: "terminal-more" }, this.#text.terminalMore(candidates.length - LISTED)),
      );
    }
    this.#list.hidden = false;
    setText(this.#status, this.#text.terminalCandidates(candidates.length));
  }

  #hideCandidates(): void {
    this.#list.hidden = true;
    this.#list.replaceChildren();
  }

  #choose(event: Event): void {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>(".terminal-candidate") : null;
    const text = button?.dataset.text;
    if (text !== undefined) {
      this.#insert(
        this.#field.value,
        this.#field.selectionStart,
        Number(button?.dataset.replace ?? 0),
        withBlank(text),
      );
      this.#hideCandidates();
      this.focus();
    }
  }
}
