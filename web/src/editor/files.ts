/** A text under a name. */
export interface Manifest {
  readonly file: string;
  readonly yaml: string;
}

/** The editor's files: at least one, with unique names. */
export interface ManifestFiles {
  readonly files: readonly Manifest[];
  /** Name of the file that is shown. */
  readonly active: string;
}

/** Keeps the editor's texts across a reload. */
export interface ManifestStore {
  load(): ManifestFiles | undefined;
  save(files: ManifestFiles | undefined): void;
}

/** The largest number of files in the editor; beyond it none is added, and the button says so. */
export const MOST_FILES = 20;

/** They are names of the terminal's files too, so without a directory. */
const NAME = /^[A-Za-z0-9][\w.-]{0,62}$/;

export type NameFault = "invalid" | "taken";

/** What is wrong with a name for a file, given the names of the others. */
export function nameFault(name: string, others: readonly string[]): NameFault | undefined {
  return !NAME.test(name) ? "invalid" : others.includes(name) ? "taken" : undefined;
}

/** `manifest.yaml`, or with the least number that makes it a new name. */
export function newName(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? "manifest.yaml" : `manifest-${number}.yaml`;
    if (!taken.includes(name)) {
      return name;
    }
  }
}

/** Reads the stored files, also those of a version of the page that knew only one file. */
export function readManifestFiles(value: unknown): ManifestFiles | undefined {
  if (isManifest(value)) {
    return { files: [value], active: value.file };
  }
  if (typeof value !== "object" || value === null || !("files" in value) || !Array.isArray(value.files)) {
    return undefined;
  }
  const files = value.files.filter(isManifest).slice(0, MOST_FILES);
  const [first] = files;
  if (first === undefined || new Set(files.map(({ file }) => file)).size < files.length) {
    return undefined;
  }
  const active = "active" in value ? value.active : undefined;
  return { files, active: files.find(({ file }) => file === active)?.file ?? first.file };
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === "object" &&
    value !== null &&
    "file" in value &&
    typeof value.file === "string" &&
    "yaml" in value &&
    typeof value.yaml === "string"
  );
}
