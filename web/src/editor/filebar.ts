import { html } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import { FileDialog } from "./filedialog.ts";
import { MOST_FILES, newName } from "./files.ts";

export interface FileBarActions {
  onShow(file: string): void;
  onCreate(file: string): void;
  onRename(file: string, to: string): void;
  onDelete(file: string): void;
}

/** The files of the editor as tabs, with actions for the one that is shown. */
export class FileBar {
  readonly element: HTMLElement;
  readonly dialog: FileDialog;
  readonly buttons: HTMLElement;
  readonly #actions: FileBarActions;
  readonly #list = html("div", { class: "file-list", role: "tablist" });
  readonly #create = html("button", { type: "button", class: "quiet small icon-only" }, icon("add"));
  readonly #rename = html("button", { type: "button", class: "quiet small icon-only" }, icon("rename"));
  readonly #delete = html("button", { type: "button", class: "quiet small icon-only" }, icon("delete"));
  #text: Text;
  #files: readonly string[] = [];
  #active = "";

  constructor(text: Text, actions: FileBarActions) {
    this.#text = text;
    this.#actions = actions;
    this.dialog = new FileDialog(text);
    this.buttons = html("span", { class: "file-buttons" }, this.#create, this.#rename, this.#delete);
    this.element = html("div", { class: "file-bar" }, this.#list, this.buttons);
    this.#create.addEventListener("click", () => {
      if (this.#files.length < MOST_FILES) {
        this.dialog.name(newName(this.#files), this.#files, (file) => actions.onCreate(file));
      }
    });
    this.#rename.addEventListener("click", () => this.#askName());
    this.#delete.addEventListener("click", () => this.#askDelete());
    this.#list.addEventListener("keydown", (event) => this.#keydown(event));
  }

  show(files: readonly string[], active: string): void {
    const hadFocus = this.#list.contains(document.activeElement);
    this.#files = files;
    this.#active = active;
    this.#list.replaceChildren(
      ...files.map((file) => {
        const isActive = file === active;
        const tab = html(
          "button",
          {
            type: "button",
            role: "tab",
            class: "file-tab",
            "aria-selected": String(isActive),
            "aria-controls": "editor-text",
            tabindex: isActive ? 0 : -1,
          },
          file,
        );
        tab.addEventListener("click", () => this.#actions.onShow(file));
        tab.addEventListener("dblclick", () => this.#askName());
        return tab;
      }),
    );
    this.#create.setAttribute("aria-disabled", String(files.length >= MOST_FILES));
    this.#delete.hidden = files.length < 2;
    const shown = this.#list.querySelector<HTMLElement>("[aria-selected=true]");
    if (hadFocus) {
      shown?.focus();
    }
    // Within the list only: `scrollIntoView` would move the page too.
    if (
      shown !== null &&
      (shown.offsetLeft < this.#list.scrollLeft ||
        shown.offsetLeft + shown.offsetWidth > this.#list.scrollLeft + this.#list.clientWidth)
    ) {
      this.#list.scrollLeft = shown.offsetLeft;
    }
    this.#title();
  }

  localize(text: Text): void {
    this.#text = text;
    this.dialog.localize(text);
    this.#list.setAttribute("aria-label", text.editing.files);
    this.#title();
  }

  #title(): void {
    const words = this.#text.editing;
    for (const [button, name] of [
      [this.#create, this.#files.length < MOST_FILES ? words.newFile : words.tooManyFiles(MOST_FILES)],
      [this.#rename, words.renameFile],
      [this.#delete, words.deleteFile],
    ] as const) {
      button.title = name;
      button.setAttribute("aria-label", name);
    }
  }

  #askName(): void {
    const file = this.#active;
    const others = this.#files.filter((other) => other !== file);
    this.dialog.name(file, others, (to) => this.#actions.onRename(file, to), true);
  }

  #askDelete(): void {
    const file = this.#active;
    if (this.#files.length > 1) {
      this.dialog.confirmDelete(file, () => this.#actions.onDelete(file));
    }
  }

  #keydown(event: KeyboardEvent): void {
    const index = this.#files.indexOf(this.#active);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = this.#files[(index + step + this.#files.length) % this.#files.length];
    if (step !== 0 && next !== undefined) {
      event.preventDefault();
      this.#actions.onShow(next);
    } else if (event.key === "Delete") {
      event.preventDefault();
      this.#askDelete();
    } else if (event.key === "F2") {
      event.preventDefault();
      this.#askName();
    }
  }
}
