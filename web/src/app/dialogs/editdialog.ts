import type { EditorView } from "@codemirror/view";
import type { EditRequest } from "../../client/kubectl/contract.ts";
import { html, setText } from "../../dom/element.ts";
import { openYamlView, type YamlView, yamlState } from "../../editor/codemirror.ts";
import type { Text } from "../../language/text.ts";

/** The editor that `kubectl edit` opens, for one object at a time. */
export class EditDialog {
  readonly element: HTMLDialogElement;
  readonly #title = html("h2", { id: "edit-title" });
  readonly #file = html("p", { class: "muted" });
  readonly #host = html("div", { class: "edit-host" });
  readonly #cancel = html("button", { type: "button" });
  readonly #save = html("button", { type: "button", class: "primary" });
  #shown: EditRequest | undefined;
  readonly #waiting: EditRequest[] = [];
  #view: EditorView | undefined;
  #options: YamlView | undefined;
  #label: string;

  constructor(text: Text) {
    this.#label = text.editor;
    this.element = html(
      "dialog",
      { class: "dialog wide", "aria-labelledby": "edit-title" },
      this.#title,
      this.#file,
      this.#host,
      html("div", { class: "dialog-actions" }, this.#cancel, this.#save),
    );
    this.#cancel.addEventListener("click", () => this.#answer(null));
    this.#save.addEventListener("click", () => this.#answer(this.#view?.state.doc.toString() ?? null));
    // Escape closes it too: nothing is saved.
    this.element.addEventListener("cancel", () => this.#answer(null));
    this.localize(text);
  }

  open(request: EditRequest): void {
    if (this.#shown === undefined) {
      this.#show(request);
    } else {
      this.#waiting.push(request);
    }
  }

  /** The commands that waited for an edit are gone. */
  dismiss(): void {
    this.#waiting.length = 0;
    this.#shown = undefined;
    this.element.close();
  }

  localize(text: Text): void {
    this.#label = text.editor;
    setText(this.#title, text.editTitle);
    setText(this.#cancel, text.cancel);
    setText(this.#save, text.save);
  }

  destroy(): void {
    this.#view?.destroy();
    this.element.remove();
  }

  #show(request: EditRequest): void {
    const { file, text } = request;
    this.#shown = request;
    setText(this.#file, file);
    this.element.showModal();
    this.#options = {
      parent: this.#host,
      label: this.#label,
      doc: text,
      onApply: () => this.#save.click(),
      onChange: () => undefined,
    };
    if (this.#view === undefined) {
      this.#view = openYamlView(this.#options);
    } else {
      this.#view.setState(yamlState(this.#options, text));
    }
    this.#view.focus();
  }

  #answer(text: string | null): void {
    const request = this.#shown;
    this.#shown = undefined;
    request?.answer(text);
    this.element.close();
    const next = request === undefined ? undefined : this.#waiting.shift();
    if (next !== undefined) {
      this.#show(next);
    }
  }
}
