import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { nameFault } from "./files.ts";

type Question =
  | { readonly kind: "create" | "rename"; readonly taken: readonly string[]; done(name: string): void }
  | { readonly kind: "delete"; readonly file: string; done(): void };

/** Asks for a file's name, or whether it may be deleted. */
export class FileDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "file-title" });
  readonly #line = html("p");
  readonly #label = html("label", { for: "file-name" });
  readonly #name = html("input", {
    id: "file-name",
    class: "text-field",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "file-fault",
  });
  readonly #fault = html("p", { id: "file-fault", class: "field-fault", role: "alert" });
  readonly #cancel = html("button", { type: "button" });
  readonly #confirm = html("button", { type: "submit" });
  #text: Text;
  #question: Question | undefined;

  constructor(text: Text) {
    this.#text = text;
    const form = html(
      "form",
      { method: "dialog" },
      this.#title,
      this.#line,
      html("p", { class: "field" }, this.#label, this.#name),
      this.#fault,
      html("div", { class: "dialog-actions" }, this.#cancel, this.#confirm),
    );
    this.element = html("dialog", { class: "dialog narrow", "aria-labelledby": "file-title" }, form);
    this.#cancel.addEventListener("click", () => this.element.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#answer();
    });
    this.#name.addEventListener("input", () => setText(this.#fault, ""));
    this.localize(text);
  }

  /** Asks for a name that is none of `taken`. */
  name(proposed: string, taken: readonly string[], done: (name: string) => void, rename = false): void {
    this.#question = { kind: rename ? "rename" : "create", taken, done };
    this.#name.value = proposed;
    this.#open();
    this.#name.focus();
    this.#name.setSelectionRange(0, proposed.replace(/\.[^.]*$/, "").length);
  }

  confirmDelete(file: string, done: () => void): void {
    this.#question = { kind: "delete", file, done };
    this.#open();
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#label, text.editing.fileName);
    setText(this.#cancel, text.cancel);
    this.#write();
  }

  #open(): void {
    setText(this.#fault, "");
    this.#write();
    this.element.showModal();
  }

  #write(): void {
    const words = this.#text.editing;
    const question = this.#question;
    const isDelete = question?.kind === "delete";
    setText(
      this.#title,
      isDelete
        ? words.deleteTitle(question.file)
        : question?.kind === "rename"
          ? words.renameFile
          : words.newFile,
    );
    setText(this.#line, isDelete ? words.deleteText : "");
    this.#line.hidden = !isDelete;
    this.#name.hidden = isDelete;
    this.#label.hidden = isDelete;
    setText(
      this.#confirm,
      isDelete ? words.deleteConfirm : question?.kind === "rename" ? words.renameFile : words.create,
    );
    this.#confirm.className = isDelete ? "danger" : "primary";
  }

  #answer(): void {
    const question = this.#question;
    if (question === undefined) {
      return;
    }
    if (question.kind === "delete") {
      this.element.close();
      question.done();
      return;
    }
    const name = this.#name.value.trim();
    const fault = nameFault(name, question.taken);
    if (fault !== undefined) {
      const words = this.#text.editing;
      setText(this.#fault, fault === "taken" ? words.takenName : words.invalidName);
      return;
    }
    this.element.close();
    question.done(name);
  }
}
