import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { fragmentsOf } from "../results/yaml.ts";
import type { OpenFile } from "./openfiles.ts";
import type { TextChange, TextPane, TextPaneOptions } from "./textpane.ts";

/** The state of a field that CodeMirror takes over. */
export interface PlainState {
  /** The text before anything was typed in the field, so that later changes can be undone. */
  readonly begun: string;
  readonly yaml: string;
  readonly selection: { readonly from: number; readonly to: number };
  readonly hasFocus: boolean;
  readonly scrollTop: number;
}

/**
 * Shows the text before CodeMirror is there: a transparent text field over numbered
 * and coloured lines, which are where CodeMirror will draw them.
 */
export class PlainPane implements TextPane {
  readonly #element: HTMLElement;
  readonly #lines = html("div", { class: "plain-lines", "aria-hidden": "true" });
  readonly #field = html("textarea", {
    class: "plain-field",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
  });
  readonly #onChange: () => void;
  #begun = "";
  #isComposing = false;

  constructor({ host, text, readOnly, onApply, onChange }: TextPaneOptions) {
    this.#onChange = onChange;
    this.#field.readOnly = readOnly;
    this.#element = html("div", { class: "plain-text" }, this.#lines, this.#field);
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onApply();
      }
    });
    this.#field.addEventListener("compositionstart", () => {
      this.#isComposing = true;
    });
    this.#field.addEventListener("compositionend", () => {
      this.#isComposing = false;
    });
    host.append(this.#element);
    this.localize(text);
  }

  /** Resolves when no character is being composed, which must not be interrupted. */
  async composed(): Promise<void> {
    while (this.#isComposing) {
      await new Promise((resolve) => this.#field.addEventListener("compositionend", resolve, { once: true }));
    }
  }

  get state(): PlainState {
    const { selectionStart, selectionEnd, value } = this.#field;
    return {
      begun: this.#begun,
      yaml: value,
      selection: { from: selectionStart, to: selectionEnd },
      hasFocus: document.activeElement === this.#field,
      scrollTop: this.#element.scrollTop,
    };
  }

  get yaml(): string {
    return this.#field.value;
  }

  show({ yaml }: OpenFile): void {
    this.#begun = yaml;
    this.#field.value = yaml;
    this.#field.setSelectionRange(0, 0);
    this.#element.scrollTop = 0;
    this.#write();
  }

  keepIn(file: OpenFile): void {
    file.yaml = this.yaml;
  }

  rewrite(file: OpenFile, yaml: string): void {
    file.yaml = yaml;
  }

  change({ from, to, insert, select }: TextChange): void {
    this.#field.setRangeText(insert, from, to, "preserve");
    this.#changed();
    if (select !== undefined) {
      this.#field.setSelectionRange(select.from, select.to);
      const line = this.#lines.children[this.yaml.slice(0, select.from).split("\n").length - 1];
      if (line instanceof HTMLElement) {
        const above = select.at === "top" ? 60 : this.#element.clientHeight / 2;
        this.#element.scrollTop = line.offsetTop - above;
      }
    }
  }

  focus(): void {
    this.#field.focus();
  }

  localize(text: Text): void {
    this.#field.setAttribute("aria-label", text.editor);
  }

  destroy(): void {
    this.#element.remove();
  }

  // What only CodeMirror can show is requested again when it is there.
  mark(): void {}
  requestCheck(): void {}
  cancelCheck(): void {}
  forgetCluster(): void {}

  #changed(): void {
    this.#write();
    this.#onChange();
  }

  #write(): void {
    const lines = this.yaml.split("\n");
    this.#element.style.setProperty("--digits", String(String(lines.length).length));
    this.#lines.replaceChildren(
      ...lines.map((line) =>
        html(
          "div",
          { class: "plain-line" },
          ...fragmentsOf(line).map(({ text, part }) =>
            part === "plain" ? text : html("span", { class: `yaml-${part}` }, text),
          ),
        ),
      ),
    );
  }
}
