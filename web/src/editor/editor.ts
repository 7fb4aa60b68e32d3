import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import type { Client } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { ApplyReply, ApplyResult } from "../protocol.ts";
import { resultList } from "../results/results.ts";
import { openYamlView, type YamlView, yamlState } from "./codemirror.ts";
import { documentLine, type Edit, suggestEdits } from "./edits.ts";
import rollUpdate from "./roll_update.yaml";

/** A text under a name. */
export interface Manifest {
  readonly file: string;
  readonly yaml: string;
}

/** Where the editor's text outlives a reload. */
export interface ManifestStore {
  load(): Manifest | undefined;
  save(manifest: Manifest | undefined): void;
}

export const FIRST_MANIFEST: Manifest = { file: "roll_update.yaml", yaml: rollUpdate };

/** YAML to edit and apply, what came of it, and what to try next. */
export class Editor {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #store: ManifestStore;
  readonly #onApplied: (reply: ApplyReply) => void;
  readonly #view: EditorView;
  readonly #options: YamlView;
  readonly #file = html("h2", { class: "file-name" });
  readonly #original = html("button", { type: "button", class: "quiet small", hidden: true });
  readonly #apply = html("button", { type: "button", class: "primary" });
  readonly #applyLabel = html("span");
  readonly #hint = html("kbd");
  readonly #next = html("div", { class: "try-next", role: "group", hidden: true });
  readonly #results = html("div", { class: "editor-results", role: "status" });
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #manifest: Manifest;
  #applying = false;
  /** The cluster has a Deployment, so there is something to change. */
  #hasDeployment = false;
  #shown: readonly ApplyResult[] | undefined;

  constructor(client: Client, text: Text, store: ManifestStore, onApplied: (reply: ApplyReply) => void) {
    this.#client = client;
    this.#text = text;
    this.#store = store;
    this.#onApplied = onApplied;
    this.#manifest = FIRST_MANIFEST;
    const stored = store.load();
    const host = html("div", { class: "editor-host" });
    this.#apply.append(this.#applyLabel, this.#hint);
    this.element = html(
      "div",
      { class: "editor" },
      html("header", { class: "pane-head" }, this.#file, this.#original),
      host,
      html("div", { class: "editor-actions" }, this.#apply, this.#next),
      this.#results,
    );
    this.#options = {
      parent: host,
      label: text.editor,
      doc: stored?.yaml ?? FIRST_MANIFEST.yaml,
      onApply: () => void this.apply(),
      onChange: () => this.#changed(),
    };
    this.#view = openYamlView(this.#options);
    if (stored !== undefined && stored.file !== FIRST_MANIFEST.file) {
      this.#manifest = stored;
    }
    this.#apply.addEventListener("click", () => void this.apply());
    this.#original.addEventListener("click", () => this.open(this.#manifest));
    this.#unsubscribe = [
      client.on("frame", (frame) => {
        // What there is may come from an earlier visit or from a lesson.
        if (!this.#hasDeployment && frame.upserts.some((item) => item.kind === "Deployment")) {
          this.#hasDeployment = true;
          this.#suggest();
        }
      }),
      client.on("start", () => {
        this.#hasDeployment = false;
        this.#suggest();
      }),
    ];
    this.localize(text);
    this.#changed();
  }

  /** The text as it stands, under its name. */
  get manifest(): Manifest {
    return { file: this.#manifest.file, yaml: this.yaml };
  }

  get yaml(): string {
    return this.#view.state.doc.toString();
  }

  /** Replaces the text; the undo history begins anew. */
  open(manifest: Manifest): void {
    this.#manifest = manifest;
    this.#view.setState(yamlState(this.#options, manifest.yaml));
    this.#show(undefined);
    this.#changed();
  }

  /** Back to the manifest that every cluster starts with. */
  reset(): void {
    this.open(FIRST_MANIFEST);
    this.#store.save(undefined);
  }

  focus(): void {
    this.#view.focus();
  }

  /** Applies the text; the results, or why there are none, are on the page when it resolves. */
  async apply(): Promise<void> {
    if (this.#applying) {
      return;
    }
    this.#setApplying(true);
    try {
      const reply = await this.#client.apply(this.yaml);
      this.#show(reply.results);
      this.#onApplied(reply);
    } catch (error) {
      this.#show([{ index: 0, error: { message: messageOf(error) }, warnings: [] }]);
    } finally {
      this.#setApplying(false);
      this.#suggest();
    }
  }

  localize(text: Text): void {
    this.#text = text;
    this.#view.contentDOM.setAttribute("aria-label", text.editor);
    setText(this.#original, text.undoChanges);
    this.#next.setAttribute("aria-label", text.tryNext);
    this.#results.setAttribute("aria-label", text.results);
    setText(this.#hint, text.applyHint(/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"));
    this.#setApplying(this.#applying);
    this.#show(this.#shown);
    this.#suggest();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#view.destroy();
    this.element.remove();
  }

  #setApplying(applying: boolean): void {
    this.#applying = applying;
    // Not `disabled`: that would throw the keyboard focus away.
    this.#apply.setAttribute("aria-disabled", String(applying));
    this.#results.setAttribute("aria-busy", String(applying));
    setText(this.#applyLabel, applying ? this.#text.applying : this.#text.apply);
  }

  #changed(): void {
    const { yaml } = this;
    const isOriginal = yaml === this.#manifest.yaml;
    setText(this.#file, this.#manifest.file);
    this.#original.hidden = isOriginal;
    this.#store.save(
      isOriginal && this.#manifest === FIRST_MANIFEST ? undefined : { file: this.#manifest.file, yaml },
    );
    this.#suggest();
  }

  #suggest(): void {
    const edits = this.#hasDeployment ? suggestEdits(this.yaml) : [];
    const focused = this.#next.contains(document.activeElement) ? document.activeElement : null;
    const kind = focused instanceof HTMLElement ? focused.dataset.kind : undefined;
    const buttons = edits.map((edit) => {
      const button = html(
        "button",
        { type: "button", class: "suggestion", "data-kind": edit.kind },
        this.#describe(edit),
      );
      button.addEventListener("click", () => this.#try(edit));
      return button;
    });
    this.#next.hidden = edits.length === 0;
    this.#next.replaceChildren(...buttons);
    buttons.find((button) => button.dataset.kind === kind)?.focus();
  }

  #describe(edit: Edit): string {
    return edit.kind === "image"
      ? this.#text.changeImage(edit.before, edit.after)
      : this.#text.changeReplicas(Number(edit.before), Number(edit.after));
  }

  #try(edit: Edit): void {
    if (this.#applying) {
      return;
    }
    this.#view.dispatch({
      changes: { from: edit.from, to: edit.to, insert: edit.insert },
      selection: { anchor: edit.from, head: edit.from + edit.insert.length },
      effects: EditorView.scrollIntoView(edit.from, { y: "center" }),
    });
    void this.apply();
  }

  #show(results: readonly ApplyResult[] | undefined): void {
    this.#shown = results;
    const diagnostics = (results ?? []).flatMap((result) => this.#diagnostic(result));
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
    this.#results.replaceChildren(
      ...(results === undefined
        ? []
        : [resultList(results, this.#text, (line, column) => this.#goTo(line, column))]),
    );
  }

  #diagnostic(result: ApplyResult): Diagnostic[] {
    if (!("error" in result)) {
      return [];
    }
    const { doc } = this.#view.state;
    const number = result.error.line ?? documentLine(doc.toString(), result.index);
    const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
    const indent = line.text.search(/\S|$/);
    const column =
      result.error.column === undefined ? indent : Math.min(result.error.column - 1, line.length);
    return [{ from: line.from + column, to: line.to, severity: "error", message: result.error.message }];
  }

  #goTo(number: number, column: number | undefined): void {
    const { doc } = this.#view.state;
    const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
    const anchor = Math.min(line.from + (column ?? 1) - 1, line.to);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.#view.focus();
  }
}
