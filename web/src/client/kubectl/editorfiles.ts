import type { StoredFile } from "../../protocol/kubectl.ts";

/** The editor's files as the worker knows them. */
export class EditorFiles {
  #told: ReadonlyMap<string, string> = new Map();

  /** For a new worker, which has none of the files. */
  clear(): void {
    this.#told = new Map();
  }

  /** Returns what was changed, renamed or deleted (`null`) in the editor since the last call. The caller tells the worker. */
  changes(files: readonly StoredFile[]): readonly { readonly path: string; readonly text: string | null }[] {
    const now = new Map(files.map(({ path, text }) => [path, text]));
    const gone = [...this.#told.keys()].filter((path) => !now.has(path));
    const changed = [...now].filter(([path, text]) => this.#told.get(path) !== text);
    this.#told = now;
    return [
      ...gone.map((path) => ({ path, text: null })),
      ...changed.map(([path, text]) => ({ path, text })),
    ];
  }

  /** The worker has changed some of them itself. */
  follow(files: readonly StoredFile[]): void {
    const known = files.filter(({ path }) => this.#told.has(path));
    this.#told = new Map([...this.#told, ...known.map(({ path, text }): [string, string] => [path, text])]);
  }
}
