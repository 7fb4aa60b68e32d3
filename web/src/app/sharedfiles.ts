import type { Editor } from "../editor/editor.ts";
import { homeName, homePath, type StoredFile } from "../protocol/kubectl.ts";

/** The editor's files and the manifests in the terminal's home directory are the same files. */
export class SharedFiles {
  readonly #editor: Editor;
  /** Texts by path as editor and terminal last agreed on them. */
  readonly #texts = new Map<string, string>();

  /** `kept` are the terminal's files of the last visit, which the editor may have left behind since. */
  constructor(editor: Editor, kept: readonly StoredFile[]) {
    this.#editor = editor;
    for (const { path, text } of kept) {
      this.#texts.set(path, text);
    }
  }

  /** What the editor holds, for the terminal: asked for when that is told of it. */
  files(): readonly StoredFile[] {
    const files = this.#editor.manifests.map(({ file, yaml }) => ({ path: homePath(file), text: yaml }));
    for (const { path, text } of files) {
      this.#texts.set(path, text);
    }
    return files;
  }

  /** What commands have written, the editor shows; what they left alone may be newer there. */
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
