import { redo, undo } from "@codemirror/commands";
import { nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import type { Client } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { ApplyReply, ApplyResult } from "../protocol/apply.ts";
import { resultList } from "../results/results.ts";
import { Checker } from "./checker.ts";
import { openYamlView, type YamlView, yamlState } from "./codemirror.ts";
import { completeManifest } from "./completion.ts";
import { fieldDocumentation } from "./documentation.ts";
import type { Edit } from "./edits.ts";
import { FileBar } from "./filebar.ts";
import type { Manifest, ManifestFiles, ManifestStore } from "./files.ts";
import { OpenApi } from "./openapi.ts";
import { type OpenFile, OpenFiles } from "./openfiles.ts";
import { problemsOf } from "./problems.ts";
import { ReviewDialog } from "./review.ts";
import { insertScaffold, SCAFFOLDS } from "./scaffolds.ts";
import { Suggestions } from "./suggestions.ts";
import { Toolbar } from "./toolbar.ts";
import type { Finding } from "./validation.ts";
import { Verdict } from "./verdict.ts";

/** YAML files to edit and apply, what the server says to them as one types, and what to try next. */
export class Editor {
  readonly element: HTMLElement;
  /** What opens over the page. */
  readonly dialogs: readonly HTMLDialogElement[];
  readonly #client: Client;
  readonly #store: ManifestStore;
  readonly #onApplied: (reply: ApplyReply) => void;
  readonly #view: EditorView;
  readonly #files: OpenFiles;
  readonly #openApi: OpenApi;
  readonly #checker: Checker;
  readonly #bar: FileBar;
  readonly #review: ReviewDialog;
  readonly #suggestions: Suggestions;
  readonly #verdict: Verdict;
  readonly #toolbar: Toolbar;
  readonly #apply = html("button", { type: "button", class: "primary" });
  readonly #applyLabel = html("span");
  readonly #hint = html("kbd");
  readonly #reviewButton = html("button", { type: "button" });
  readonly #results = html("div", { class: "editor-results", role: "status" });
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #applying = false;
  /** The cluster has a Deployment, so there is something to change. */
  #hasDeployment = false;
  #shown: readonly ApplyResult[] | undefined;

  constructor(client: Client, text: Text, store: ManifestStore, onApplied: (reply: ApplyReply) => void) {
    this.#client = client;
    this.#text = text;
    this.#store = store;
    this.#onApplied = onApplied;
    this.#openApi = new OpenApi((path, init) => client.fetch(path, init));
    this.#checker = new Checker({
      openApi: this.#openApi,
      dryRun: async (yaml) => (await client.dryRun(yaml)).results,
      onCheck: ({ results, findings }) => this.#mark(results, findings),
    });
    this.#bar = new FileBar(text, {
      onShow: (file) => this.#showFile(file),
      onCreate: (file) => this.open({ file, yaml: "" }, true),
      onRename: (file, to) => this.#rename(file, to),
      onDelete: (file) => this.#delete(file),
    });
    this.#toolbar = new Toolbar({
      onInsert: (kind) => this.insert(kind),
      onUndo: () => undo(this.#view),
      onRedo: () => redo(this.#view),
      onOriginal: () => this.#replaceText(this.#files.shown.original),
    });
    this.#review = new ReviewDialog(text, () => void this.apply());
    this.dialogs = [this.#bar.dialog.element, this.#review.element];
    this.#suggestions = new Suggestions(text, (edit) => this.#try(edit));
    this.#verdict = new Verdict(text, () => this.#nextProblem());
    const words = () => this.#text.editing;
    const host = html("div", { class: "editor-host", id: "editor-text" });
    const options: YamlView = {
      parent: host,
      label: text.editor,
      doc: "",
      onApply: () => void this.apply(),
      onChange: () => this.#changed(),
      complete: completeManifest(this.#openApi, words),
      extensions: fieldDocumentation(this.#openApi, words),
    };
    this.#view = openYamlView(options);
    this.#files = new OpenFiles((yaml) => yamlState(options, yaml), store.load());
    this.#view.setState(this.#files.shown.state);
    this.#apply.append(this.#applyLabel, this.#hint);
    this.element = html(
      "div",
      { class: "editor" },
      html("header", { class: "editor-head" }, this.#bar.element, this.#toolbar.element),
      host,
      this.#verdict.element,
      html("div", { class: "editor-actions" }, this.#apply, this.#reviewButton, this.#suggestions.element),
      this.#results,
    );
    this.#listen();
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
        this.#openApi.clear();
        this.#suggest();
      }),
    ];
    this.localize(text);
    this.#changed();
    this.#checker.cancel();
  }

  /** The text that is shown, under its name. */
  get manifest(): Manifest {
    return { file: this.#files.shown.name, yaml: this.yaml };
  }

  /** Every file. */
  get manifests(): readonly Manifest[] {
    this.#keepState();
    return this.#files.manifests;
  }

  get yaml(): string {
    return this.#view.state.doc.toString();
  }

  /** Shows a text as a file of that name, whose undo history begins anew. */
  open(manifest: Manifest, focus = false): void {
    this.#keepState();
    this.#setShown(this.#files.open(manifest));
    if (focus) {
      this.#view.focus();
    }
  }

  /** A command has written a file: the editor has it too, as something that can be undone. */
  follow(manifest: Manifest): void {
    const { file, yaml } = manifest;
    const known = this.#files.find(file);
    if (known === undefined) {
      if (this.#files.add(manifest)) {
        this.#filesChanged();
      }
    } else if (known !== this.#files.shown) {
      known.state = known.state.update({
        changes: { from: 0, to: known.state.doc.length, insert: yaml },
      }).state;
      this.#filesChanged();
    } else if (this.yaml !== yaml) {
      this.#replaceText(yaml);
    }
  }

  /** Shows files that came from elsewhere in the place of those that are here. */
  restore(files: ManifestFiles | undefined): void {
    this.#setShown(this.#files.restore(files));
  }

  /** Back to the one file that every cluster starts with. */
  reset(): void {
    this.restore(undefined);
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
    this.#checker.cancel();
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

  /** Opens what Apply would change, by a dry run of the text as it stands. */
  async review(): Promise<void> {
    try {
      this.#review.open((await this.#client.dryRun(this.yaml)).results);
    } catch (error) {
      this.#show([{ index: 0, error: { message: messageOf(error) }, warnings: [] }]);
    }
  }

  /** Adds a manifest of a kind to the end of the text, its name selected. */
  insert(kind: string): void {
    const scaffold = SCAFFOLDS.find((candidate) => candidate.kind === kind);
    if (scaffold === undefined) {
      return;
    }
    const { from, insert, name } = insertScaffold(this.yaml, scaffold.yaml);
    this.#view.dispatch({
      changes: { from, to: this.#view.state.doc.length, insert },
      selection: { anchor: name[0], head: name[1] },
      effects: EditorView.scrollIntoView(name[0], { y: "start", yMargin: 60 }),
      userEvent: "input.scaffold",
    });
    this.#view.focus();
  }

  localize(text: Text): void {
    this.#text = text;
    const words = text.editing;
    this.#view.contentDOM.setAttribute("aria-label", text.editor);
    this.#view.contentDOM.setAttribute("aria-description", words.keys);
    this.#toolbar.localize(text);
    setText(this.#reviewButton, words.review);
    this.#results.setAttribute("aria-label", text.results);
    setText(this.#hint, text.applyHint(/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"));
    this.#bar.localize(text);
    this.#review.localize(text);
    this.#suggestions.localize(text);
    this.#verdict.localize(text);
    this.#setApplying(this.#applying);
    this.#show(this.#shown);
    this.#suggest();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#checker.cancel();
    this.#verdict.destroy();
    this.#view.destroy();
    this.element.remove();
  }

  #listen(): void {
    this.#apply.addEventListener("click", () => void this.apply());
    this.#reviewButton.addEventListener("click", () => void this.review());
  }

  /** A change like any other, which can be undone. */
  #replaceText(yaml: string): void {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: yaml } });
  }

  #keepState(): void {
    this.#files.shown.state = this.#view.state;
  }

  #showFile(name: string): void {
    const file = this.#files.find(name);
    if (file !== undefined && file !== this.#files.shown) {
      this.#keepState();
      this.#setShown(this.#files.show(file));
    }
  }

  #setShown(file: OpenFile): void {
    this.#view.setState(file.state);
    this.#view.contentDOM.setAttribute("aria-description", this.#text.editing.keys);
    this.#show(undefined);
    this.#changed();
    this.#checker.cancel();
  }

  #rename(from: string, to: string): void {
    const file = this.#files.find(from);
    if (file !== undefined) {
      file.name = to;
      this.#filesChanged();
    }
  }

  #delete(name: string): void {
    const next = this.#files.delete(name);
    if (next !== undefined) {
      this.#setShown(next);
    }
  }

  #setApplying(applying: boolean): void {
    this.#applying = applying;
    // Not `disabled`: that would throw the keyboard focus away.
    this.#apply.setAttribute("aria-disabled", String(applying));
    this.#results.setAttribute("aria-busy", String(applying));
    setText(this.#applyLabel, applying ? this.#text.applying : this.#text.apply);
  }

  #changed(): void {
    this.#toolbar.offerOriginal(this.yaml !== this.#files.shown.original);
    this.#verdict.show(undefined, 0);
    this.#checker.request(this.#view.state);
    this.#filesChanged();
    this.#suggest();
  }

  #filesChanged(): void {
    this.#keepState();
    this.#bar.show(this.#files.names, this.#files.shown.name);
    this.#store.save(this.#files.stored);
  }

  #suggest(): void {
    this.#suggestions.show(this.#hasDeployment ? this.yaml : "");
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

  /** What the server would say, and the schema says, of the text as it stands. */
  #mark(results: readonly ApplyResult[], findings: readonly Finding[]): void {
    const problems = problemsOf(this.#view.state.doc, results, findings, this.#text.editing);
    this.#view.dispatch(setDiagnostics(this.#view.state, problems));
    this.#verdict.show(results, problems.length);
  }

  /** What came of applying, until the next one. */
  #show(results: readonly ApplyResult[] | undefined): void {
    this.#shown = results;
    this.#view.dispatch(
      setDiagnostics(
        this.#view.state,
        problemsOf(this.#view.state.doc, results ?? [], [], this.#text.editing),
      ),
    );
    this.#results.replaceChildren(
      ...(results === undefined
        ? []
        : [resultList(results, this.#text, (line, column) => this.#goTo(line, column))]),
    );
  }

  #nextProblem(): void {
    nextDiagnostic(this.#view);
    this.#view.focus();
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
