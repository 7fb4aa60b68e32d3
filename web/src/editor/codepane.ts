import { redo, undo } from "@codemirror/commands";
import { nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Client } from "../client/client.ts";
import type { Text } from "../language/text.ts";
import type { ApplyResult } from "../protocol/apply.ts";
import { Checker } from "./checker.ts";
import { openYamlView, type YamlView, yamlState } from "./codemirror.ts";
import { completeManifest } from "./completion.ts";
import { difference } from "./difference.ts";
import { fieldDocumentation } from "./documentation.ts";
import { OpenApi } from "./openapi.ts";
import type { OpenFile } from "./openfiles.ts";
import type { PlainState } from "./plainpane.ts";
import { problemsOf } from "./problems.ts";
import type { TextChange, TextPane, TextPaneOptions } from "./textpane.ts";
import type { Finding } from "./validation.ts";

export interface CodePaneOptions extends TextPaneOptions {
  readonly client: Client;
  /** The server's verdict on the text, and how many problems are marked in it. */
  onCheck(results: readonly ApplyResult[], problems: number): void;
}

/** CodeMirror, with help from the cluster: completion, explanations and marks for errors. */
export class CodePane implements TextPane {
  readonly #options: YamlView;
  readonly #view: EditorView;
  readonly #openApi: OpenApi;
  readonly #checker: Checker;
  #text: Text;

  constructor({ host, client, text, readOnly, onApply, onChange, onCheck }: CodePaneOptions) {
    this.#text = text;
    this.#openApi = new OpenApi((path, init) => client.fetch(path, init));
    this.#checker = new Checker({
      openApi: this.#openApi,
      dryRun: async (yaml) => (await client.dryRun(yaml)).results,
      onCheck: ({ results, findings }) => onCheck(results, this.#mark(results, findings)),
    });
    const words = () => this.#text.editing;
    this.#options = {
      parent: host,
      label: text.editor,
      doc: "",
      onApply,
      onChange,
      complete: completeManifest(this.#openApi, words),
      extensions: [fieldDocumentation(this.#openApi, words), EditorState.readOnly.of(readOnly)],
    };
    this.#view = openYamlView(this.#options);
    this.localize(text);
  }

  /** Takes over from the plain field. */
  takeOver(file: OpenFile, { begun, yaml, selection, hasFocus, scrollTop }: PlainState): void {
    this.show({ ...file, yaml: begun, state: undefined });
    if (yaml !== begun) {
      this.change(difference(begun, yaml));
    }
    this.#view.dispatch({ selection: { anchor: selection.from, head: selection.to } });
    if (hasFocus) {
      this.focus();
    }
    this.#view.scrollDOM.scrollTop = scrollTop;
  }

  get yaml(): string {
    return this.#view.state.doc.toString();
  }

  show(file: OpenFile): void {
    this.#view.setState(file.state ?? yamlState(this.#options, file.yaml));
    this.localize(this.#text);
  }

  keepIn(file: OpenFile): void {
    file.state = this.#view.state;
    file.yaml = this.yaml;
  }

  rewrite(file: OpenFile, yaml: string): void {
    file.yaml = yaml;
    file.state = file.state?.update({ changes: { from: 0, to: file.state.doc.length, insert: yaml } }).state;
  }

  change({ from, to, insert, select }: TextChange): void {
    this.#view.dispatch({
      changes: { from, to, insert },
      userEvent: "input",
      ...(select === undefined
        ? {}
        : {
            selection: { anchor: select.from, head: select.to },
            effects: EditorView.scrollIntoView(
              select.from,
              select.at === "top" ? { y: "start", yMargin: 60 } : { y: "center" },
            ),
          }),
    });
  }

  mark(results: readonly ApplyResult[]): void {
    this.#mark(results, []);
  }

  requestCheck(): void {
    this.#checker.request(this.#view.state);
  }

  cancelCheck(): void {
    this.#checker.cancel();
  }

  forgetCluster(): void {
    this.#openApi.clear();
  }

  focus(): void {
    this.#view.focus();
  }

  undo(): void {
    undo(this.#view);
  }

  redo(): void {
    redo(this.#view);
  }

  nextProblem(): void {
    nextDiagnostic(this.#view);
    this.#view.focus();
  }

  /** Goes to a line, counted from 1. */
  goTo(number: number, column: number | undefined): void {
    const { doc } = this.#view.state;
    const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
    const anchor = Math.min(line.from + (column ?? 1) - 1, line.to);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.#view.focus();
  }

  localize(text: Text): void {
    this.#text = text;
    this.#view.contentDOM.setAttribute("aria-label", text.editor);
    this.#view.contentDOM.setAttribute("aria-description", text.editing.keys);
  }

  destroy(): void {
    this.#checker.cancel();
    this.#view.destroy();
  }

  /** Marks the errors that the server and the schema find in the current text, and counts them. */
  #mark(results: readonly ApplyResult[], findings: readonly Finding[]): number {
    const problems = problemsOf(this.#view.state.doc, results, findings, this.#text.editing);
    this.#view.dispatch(setDiagnostics(this.#view.state, problems));
    return problems.length;
  }
}
