import type { Editor } from "../editor/editor.ts";
import { homeName, homePath, type StoredFile } from "../protocol/kubectl.ts";

/** The editor's files and the manifests in the terminal's home directory are the same files. */
export class SharedFiles {
  readonly #editor: Editor;
  /** The texts on which editor and terminal last agreed, by path. */
  readonly #texts = new Map<string, string>();

  /** `kept` are the terminal's files of the last visit, which the editor may have left behind since. */
  constructor(editor: Editor, kept: readonly StoredFile[]) {
    this.#editor = editor;
    for (const { path, text } of kept) {
      this.#texts.set(path, text);
    }
  }

  /** The editor's manifests for the terminal; called when the terminal is told of them. */
  files(): readonly StoredFile[] {
    const files = this.#editor.manifests.map(({ file, yaml }) => ({ path: homePath(file), text: yaml }));
    for (const { path, text } of files) {
      this.#texts.set(path, text);
    }
    return files;
  }

  /** Shows in the editor what commands have written; what they left alone may be newer in the editor. */
  follow(files: readonly StoredFile[]): void {
    for (const { path, text } of files) {
      const file = homeName(path);
      if (file !== undefined && /\.(?:ya?ml|json)$/.test(file) && this.#texts.get(path) !== text) {
        this.#texts.set(path, text);
        this.#editor.follow({ file, yaml: text });
      }
    }
  }
}
