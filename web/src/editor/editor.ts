import type { Client } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import { LatePart } from "../loading/latepart.ts";
import type { Loader } from "../loading/loader.ts";
import type { ApplyReply, ApplyResult } from "../protocol/apply.ts";
import { resultList } from "../results/results.ts";
import type { CodePane } from "./codepane.ts";
import type { Edit } from "./edits.ts";
import { FileBar } from "./filebar.ts";
import type { Manifest, ManifestFiles, ManifestStore } from "./files.ts";
import { type OpenFile, OpenFiles } from "./openfiles.ts";
import { PlainPane, type PlainState } from "./plainpane.ts";
import { ReviewDialog } from "./review.ts";
import { insertScaffold, SCAFFOLDS } from "./scaffolds.ts";
import { Suggestions } from "./suggestions.ts";
import type { TextPane } from "./textpane.ts";
import { Toolbar } from "./toolbar.ts";
import { Verdict } from "./verdict.ts";

export interface EditorOptions {
  readonly client: Client;
  readonly loader: Loader;
  readonly text: Text;
  readonly store: ManifestStore;
  /** The texts can be read, copied and searched. */
  readonly readOnly?: boolean;
  onApplied(reply: ApplyReply): void;
}

/** The editor: YAML files to edit and apply, the server's verdict on them while typing, and suggestions for what to try next. */
export class Editor {
  readonly element: HTMLElement;
  /** The editor's dialogs. */
  readonly dialogs: readonly HTMLDialogElement[];
  readonly #client: Client;
  readonly #store: ManifestStore;
  readonly #readOnly: boolean;
  readonly #onApplied: (reply: ApplyReply) => void;
  readonly #files: OpenFiles;
  readonly #code: LatePart<CodePane>;
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
  /** The plain field, later CodeMirror. */
  #pane: TextPane;
  #text: Text;
  #applying = false;
  /** The cluster has a Deployment, so there is something to change. */
  #hasDeployment = false;
  #shown: readonly ApplyResult[] | undefined;

  constructor({ client, loader, text, store, readOnly = false, onApplied }: EditorOptions) {
    this.#client = client;
    this.#text = text;
    this.#store = store;
    this.#readOnly = readOnly;
    this.#onApplied = onApplied;
    this.#bar = new FileBar(text, {
      onShow: (file) => this.#showFile(file),
      onCreate: (file) => this.open({ file, yaml: "" }, true),
      onRename: (file, to) => this.#rename(file, to),
      onDelete: (file) => this.#delete(file),
    });
    this.#bar.buttons.hidden = readOnly;
    this.#toolbar = new Toolbar({
      onInsert: (kind) => this.insert(kind),
      onUndo: () => this.#code.use((pane) => pane.undo()),
      onRedo: () => this.#code.use((pane) => pane.redo()),
      onOriginal: () => this.#replaceText(this.#files.shown.original),
    });
    this.#review = new ReviewDialog(text, () => void this.apply());
    this.dialogs = [this.#bar.dialog.element, this.#review.element];
    this.#suggestions = new Suggestions(text, (edit) => this.#try(edit));
    this.#verdict = new Verdict(text, () => this.#code.use((pane) => pane.nextProblem()));
    this.#toolbar.element.hidden = readOnly;
    const host = html("div", { class: "editor-host", id: "editor-text" });
    const panes = { host, readOnly, onApply: () => void this.apply(), onChange: () => this.#changed() };
    const plain = new PlainPane({ ...panes, text });
    this.#pane = plain;
    this.#code = new LatePart(loader, async () => {
      const { CodePane } = await import("./codepane.ts");
      await plain.composed();
      const onCheck = (results: readonly ApplyResult[], problems: number) =>
        this.#verdict.show(results, problems);
      return () => {
        // Before its field is removed.
        const { state } = plain;
        return this.#replace(plain, state, new CodePane({ ...panes, client, text: this.#text, onCheck }));
      };
    });
    this.#files = new OpenFiles(store.load());
    plain.show(this.#files.shown);
    this.#apply.append(this.#applyLabel, this.#hint);
    this.element = html(
      "div",
      { class: "editor" },
      html("header", { class: "editor-head" }, this.#bar.element, this.#toolbar.element),
      host,
      this.#verdict.element,
      html(
        "div",
        { class: "editor-actions", hidden: readOnly },
        this.#apply,
        this.#reviewButton,
        this.#suggestions.element,
      ),
      this.#results,
    );
    this.#listen();
    this.#unsubscribe = [
      client.on("frame", (frame) => {
        // The existing text may come from an earlier visit or from a lesson.
        if (!this.#hasDeployment && frame.upserts.some((item) => item.kind === "Deployment")) {
          this.#hasDeployment = true;
          this.#suggest();
        }
      }),
      client.on("start", () => {
        this.#hasDeployment = false;
        this.#pane.forgetCluster();
        this.#suggest();
      }),
    ];
    this.localize(text);
    this.#changed();
    this.#pane.cancelCheck();
  }

  /** Loads CodeMirror, unless it is there already. */
  prepare(): void {
    this.#code.use(() => undefined);
  }

  /** The shown text, with its name. */
  get manifest(): Manifest {
    return { file: this.#files.shown.name, yaml: this.yaml };
  }

  /** Every file. */
  get manifests(): readonly Manifest[] {
    this.#keepState();
    return this.#files.manifests;
  }

  get yaml(): string {
    return this.#pane.yaml;
  }

  /** Shows a text as a file of that name, whose undo history begins again. */
  open(manifest: Manifest, focus = false): void {
    this.#keepState();
    this.#setShown(this.#files.open(manifest));
    if (focus) {
      this.#pane.focus();
    }
  }

  /** A command has written a file: the editor takes the text over, as a change that can be undone. */
  follow(manifest: Manifest): void {
    const { file, yaml } = manifest;
    const known = this.#files.find(file);
    if (known === undefined) {
      if (this.#files.add(manifest)) {
        this.#filesChanged();
      }
    } else if (known !== this.#files.shown) {
      this.#pane.rewrite(known, yaml);
      this.#filesChanged();
    } else if (this.yaml !== yaml) {
      this.#replaceText(yaml);
    }
  }

  /** Replaces the files with others that came from elsewhere. */
  restore(files: ManifestFiles | undefined): void {
    this.#setShown(this.#files.restore(files));
  }

  /** Back to the one file that every cluster starts with. */
  reset(): void {
    this.restore(undefined);
  }

  focus(): void {
    this.#pane.focus();
  }

  /** Applies the text; when it resolves, the page shows the results, or why there are none. */
  async apply(): Promise<void> {
    if (this.#applying || this.#readOnly) {
      return;
    }
    this.#setApplying(true);
    this.#pane.cancelCheck();
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

  /** Opens a preview of what Apply would change, by a dry run of the current text. */
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
    const select = { from: name[0], to: name[1], at: "top" } as const;
    this.#pane.change({ from, to: this.yaml.length, insert, select });
    this.#pane.focus();
  }

  localize(text: Text): void {
    this.#text = text;
    const words = text.editing;
    this.#pane.localize(text);
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
    this.#verdict.destroy();
    this.#pane.destroy();
    this.element.remove();
  }

  #listen(): void {
    this.#apply.addEventListener("click", () => void this.apply());
    this.#reviewButton.addEventListener("click", () => void this.review());
    for (const interest of ["pointerenter", "focusin"]) {
      this.element.addEventListener(interest, () => this.prepare(), { once: true });
    }
  }

  /** A change like any other, which can be undone. */
  #replaceText(yaml: string): void {
    this.#pane.change({ from: 0, to: this.yaml.length, insert: yaml });
  }

  #keepState(): void {
    this.#pane.keepIn(this.#files.shown);
  }

  #showFile(name: string): void {
    const file = this.#files.find(name);
    if (file !== undefined && file !== this.#files.shown) {
      this.#keepState();
      this.#setShown(this.#files.show(file));
    }
  }

  #setShown(file: OpenFile): void {
    this.#pane.show(file);
    this.#show(undefined);
    this.#changed();
    this.#pane.cancelCheck();
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
    this.#pane.requestCheck();
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
    const { from, to, insert } = edit;
    this.#pane.change({ from, to, insert, select: { from, to: from + insert.length, at: "middle" } });
    void this.apply();
  }

  /** CodeMirror takes over from the plain field. */
  #replace(plain: PlainPane, state: PlainState, code: CodePane): CodePane {
    plain.destroy();
    this.#pane = code;
    code.takeOver(this.#files.shown, state);
    code.mark(this.#shown ?? []);
    return code;
  }

  /** Shows the outcome of applying, until the next time. */
  #show(results: readonly ApplyResult[] | undefined): void {
    this.#shown = results;
    this.#pane.mark(results ?? []);
    this.#results.replaceChildren(
      ...(results === undefined
        ? []
        : [
            resultList(results, this.#text, (line, column) =>
              this.#code.use((pane) => pane.goTo(line, column)),
            ),
          ]),
    );
  }
}
