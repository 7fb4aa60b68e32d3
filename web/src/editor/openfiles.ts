import type { EditorState } from "@codemirror/state";
import { type Manifest, type ManifestFiles, MOST_FILES } from "./files.ts";
import rollUpdate from "./roll_update.yaml";

export const FIRST_MANIFEST: Manifest = { file: "roll_update.yaml", yaml: rollUpdate };

/** A file of the editor. */
export interface OpenFile {
  name: string;
  /** The text that the button restores. */
  original: string;
  yaml: string;
  /** CodeMirror's state, once it has shown the file: keeps the cursor and the undo history while another file is shown. */
  state: EditorState | undefined;
}

/** The editor's files, of which it shows one. */
export class OpenFiles {
  #files: OpenFile[] = [];
  #shown: OpenFile;

  constructor(stored: ManifestFiles | undefined) {
    this.#shown = this.restore(stored);
  }

  get shown(): OpenFile {
    return this.#shown;
  }

  find(name: string): OpenFile | undefined {
    return this.#files.find((file) => file.name === name);
  }

  /** Replaces all files with these, or with the initial one, and returns the one to show. */
  restore(stored: ManifestFiles | undefined): OpenFile {
    const { files, active } = stored ?? { files: [FIRST_MANIFEST], active: FIRST_MANIFEST.file };
    this.#files = files.map((manifest) => this.#newFile(manifest));
    const shown = this.find(active) ?? this.#files[0];
    if (shown === undefined) {
      throw new Error("the editor has no file");
    }
    return this.show(shown);
  }

  show(file: OpenFile): OpenFile {
    this.#shown = file;
    return file;
  }

  /** Shows a text as a file of that name, whose undo history begins again. If there is no room, it replaces the one that is shown. */
  open(manifest: Manifest): OpenFile {
    const opened = this.#newFile(manifest);
    const known = this.find(manifest.file);
    if (known !== undefined) {
      return this.show(Object.assign(known, opened));
    }
    if (this.#files.length >= MOST_FILES) {
      this.#files = this.#files.filter((file) => file !== this.#shown);
    }
    this.#files.push(opened);
    return this.show(opened);
  }

  /** Adds a file that is not shown, and says whether there was room. */
  add(manifest: Manifest): boolean {
    if (this.#files.length >= MOST_FILES) {
      return false;
    }
    this.#files.push(this.#newFile(manifest));
    return true;
  }

  /** Deletes a file and returns the one to show next; undefined for the last one, which stays. */
  delete(name: string): OpenFile | undefined {
    const index = this.#files.findIndex((file) => file.name === name);
    const rest = this.#files.filter((file) => file.name !== name);
    const next = rest[Math.min(index, rest.length - 1)];
    if (next === undefined) {
      return undefined;
    }
    this.#files = rest;
    return this.show(next);
  }

  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  get manifests(): readonly Manifest[] {
    return this.#files.map(({ name, yaml }) => ({ file: name, yaml }));
  }

  /** The files to store: none if they are those that every cluster starts with. */
  get stored(): ManifestFiles | undefined {
    const files = this.manifests;
    const [only] = files;
    const isFirst =
      files.length === 1 && only?.file === FIRST_MANIFEST.file && only.yaml === FIRST_MANIFEST.yaml;
    return isFirst ? undefined : { files, active: this.#shown.name };
  }

  #newFile({ file, yaml }: Manifest): OpenFile {
    const original = file === FIRST_MANIFEST.file ? FIRST_MANIFEST.yaml : yaml;
    return { name: file, original, yaml, state: undefined };
  }
}
