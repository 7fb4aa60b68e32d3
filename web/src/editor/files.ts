/** A text under a name. */
export interface Manifest {
  readonly file: string;
  readonly yaml: string;
}

/** What the editor holds: at least one file, each name once. */
export interface ManifestFiles {
  readonly files: readonly Manifest[];
  /** Name of the file that is shown. */
  readonly active: string;
}

/** Where the editor's texts outlive a reload. */
export interface ManifestStore {
  load(): ManifestFiles | undefined;
  save(files: ManifestFiles | undefined): void;
}

/** Files that the editor holds at most; beyond it none is added, and the button says so. */
export const MOST_FILES = 20;

/** Names of the terminal's files too, so without a directory. */
const NAME = /^[A-Za-z0-9][\w.-]{0,62}$/;

export type NameFault = "invalid" | "taken";

/** What is wrong with a name for a file beside others. */
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

/** Reads what was stored, also by a version of the page that knew one file only. */
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
