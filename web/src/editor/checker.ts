import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { ApplyResult } from "../protocol/apply.ts";
import type { OpenApi } from "./openapi.ts";
import { type Finding, validate } from "./validation.ts";

/** Host milliseconds without a change after which a text is checked. */
const PAUSE = 500;
/** Host milliseconds that parsing a long text may take at once. */
const PARSE = 100;

export interface Check {
  readonly findings: readonly Finding[];
  /** The results of the server's dry run, one for each object; empty for an empty text. */
  readonly results: readonly ApplyResult[];
}

export interface CheckerOptions {
  readonly openApi: OpenApi;
  dryRun(yaml: string): Promise<readonly ApplyResult[]>;
  /** The check of a text that has not changed since. */
  onCheck(check: Check): void;
}

/**
 * Checks a text once typing pauses: against the OpenAPI of its kinds, and by a
 * dry run of the server. One check runs at a time; of the texts that arrive
 * meanwhile, the newest is checked next.
 */
export class Checker {
  readonly #options: CheckerOptions;
  #waiting: EditorState | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Asks for a check of this text. */
  request(state: EditorState): void {
    this.#waiting = state;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), PAUSE);
  }

  /** Cancels the requested check. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    this.#current = undefined;
  }

  #current: EditorState | undefined;

  async #run(): Promise<void> {
    const state = this.#waiting;
    if (this.#running || state === undefined) {
      return; // the check that runs looks again when it ends
    }
    this.#waiting = undefined;
    this.#running = true;
    this.#current = state;
    try {
      const check = await this.#check(state);
      if (this.#current === state && this.#waiting === undefined) {
        this.#options.onCheck(check);
      }
    } catch {
      // The cluster is gone; the page reports that.
    } finally {
      this.#running = false;
      if (this.#waiting !== undefined) {
        void this.#run();
      }
    }
  }

  async #check(state: EditorState): Promise<Check> {
    const yaml = state.doc.toString();
    if (/^\s*(?:#.*\s*)*$/.test(yaml)) {
      return { findings: [], results: [] };
    }
    const tree = ensureSyntaxTree(state, state.doc.length, PARSE) ?? syntaxTree(state);
    const [findings, results] = await Promise.all([
      validate(state.doc, tree, this.#options.openApi),
      this.#options.dryRun(yaml),
    ]);
    return { findings, results };
  }
}
