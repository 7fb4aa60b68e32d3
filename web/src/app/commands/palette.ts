import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import { closeOnBackdrop } from "../dialogs/dialogs.ts";
import { type Command, matching } from "./matching.ts";

/** Commands that are shown at once; typing narrows them down. */
const MOST_SHOWN = 60;

/** The command palette: a combobox with a list, after the ARIA Authoring Practices. */
export class Palette {
  readonly element: HTMLDialogElement;
  readonly #input = html("input", {
    class: "palette-input",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #list = html("ul", { class: "palette-list", role: "listbox", id: "palette-list" });
  readonly #count = html("p", { class: "visually-hidden", role: "status" });
  readonly #none = html("p", { class: "palette-none muted" });
  #text: Text;
  #commands: readonly Command[] = [];
  #shown: readonly Command[] = [];
  #active = 0;

  constructor(text: Text) {
    this.#text = text;
    this.element = html("dialog", { class: "palette" }, this.#input, this.#list, this.#none, this.#count);
    this.#input.addEventListener("input", () => this.#filter());
    this.#input.addEventListener("keydown", (event) => this.#keydown(event));
    closeOnBackdrop(this.element);
    this.localize(text);
  }

  /** `typed` is text typed before it opened; a newline in it chooses, as Enter does. */
  open(commands: readonly Command[], typed = ""): void {
    const [wish = "", ...more] = typed.split("\n");
    this.#commands = commands;
    this.#input.value = wish;
    this.element.showModal();
    this.#input.focus();
    this.#filter();
    if (more.length > 0) {
      this.#run(this.#active);
    }
  }

  localize(text: Text): void {
    this.#text = text;
    const words = text.palette;
    this.element.setAttribute("aria-label", words.title);
    this.#input.setAttribute("aria-label", words.title);
    this.#input.placeholder = words.placeholder;
    this.#list.setAttribute("aria-label", words.title);
    setText(this.#none, words.none);
  }

  #filter(): void {
    this.#shown = matching(this.#commands, this.#input.value).slice(0, MOST_SHOWN);
    this.#active = 0;
    this.#list.replaceChildren(...this.#shown.map((command, index) => this.#option(command, index)));
    this.#list.hidden = this.#shown.length === 0;
    this.#none.hidden = this.#shown.length > 0;
    setText(this.#count, this.#text.palette.count(this.#shown.length));
    this.#mark();
  }

  #option({ label, group, key }: Command, index: number): HTMLElement {
    const option = html(
      "li",
      { role: "option", id: `palette-${index}`, class: "palette-option" },
      html("span", { class: "palette-group" }, group),
      html("span", { class: "palette-label" }, label),
      key === undefined || key === "" ? null : html("kbd", {}, key),
    );
    option.addEventListener("click", () => this.#run(index));
    return option;
  }

  #mark(): void {
    for (const [index, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(index === this.#active));
    }
    const active = this.#list.children[this.#active];
    active?.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", active?.id ?? "");
  }

  #keydown(event: KeyboardEvent): void {
    const last = this.#shown.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: this.#active === last ? 0 : this.#active + 1,
      ArrowUp: this.#active === 0 ? last : this.#active - 1,
      PageDown: Math.min(this.#active + 8, last),
      PageUp: Math.max(this.#active - 8, 0),
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#active = Math.max(0, target);
      this.#mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#run(this.#active);
    }
  }

  #run(index: number): void {
    const command = this.#shown[index];
    if (command !== undefined) {
      // The focus goes back before the command runs, so that the command may move it.
      this.element.close();
      command.run();
    }
  }
}
