import { type Unzipped, unzip } from "fflate";
import { type LessonFiles, MOST_BYTES, MOST_FILES } from "./kept.ts";

/** The file that every lesson has in its folder. */
const PLAN = "lesson.yaml";

export type FilesFault =
  /** No folder has a lesson.yaml. */
  | "plan"
  /** More than MOST_FILES or MOST_BYTES. */
  | "large"
  /** No zip archive, or a damaged one. */
  | "archive"
  /** A file is no text in UTF-8. */
  | "text"
  /** The browser could not read the files that were chosen. */
  | "unreadable"
  /** An address of another origin. */
  | "foreign"
  /** Nothing is at the address. */
  | "missing";

/** Why a lesson could not be opened; `file` is where, if that is one file's matter. */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly fault: FilesFault;
  readonly file: string;

  constructor(fault: FilesFault, file = "") {
    super(`open a lesson: ${fault}${file === "" ? "" : ` ${JSON.stringify(file)}`}`);
    this.fault = fault;
    this.file = file;
  }
}

/** Reads a folder that was chosen with an `<input webkitdirectory>`, or one archive. */
export function readChosen(chosen: readonly File[]): Promise<LessonFiles> {
  return readPaths(chosen.map((file) => [file.webkitRelativePath || file.name, file]));
}

/** Reads what was dropped: a folder, one archive, or the files of a lesson. Must be called while the drop is handled. */
export async function readDropped(items: Iterable<DataTransferItem>): Promise<LessonFiles> {
  // The list is empty as soon as the handler of the event has returned.
  const taken = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const entries = taken.flatMap(({ entry }) => entry ?? []);
  // What another program gives may be in no folder of this computer.
  const found = taken.flatMap(({ entry, file }): [string, File][] =>
    entry === null && file !== null ? [[file.name, file]] : [],
  );
  for (const entry of entries) {
    await walk(entry, found);
  }
  return readPaths(found);
}

/** Reads an archive at an address of this origin; `base` is that of the page. */
export async function readSource(source: string, base: URL): Promise<LessonFiles> {
  const address = URL.canParse(source, base) ? new URL(source, base) : undefined;
  if (address === undefined || address.origin !== base.origin) {
    throw new FilesError("foreign", source.slice(0, 80));
  }
  // A redirect could lead to another origin.
  const response = await fetch(address, { redirect: "error" }).catch(() => undefined);
  if (response?.ok !== true) {
    throw new FilesError("missing", address.pathname);
  }
  return readArchive(
    await bytesOf(await response.blob(), address.pathname),
    address.pathname.split("/").at(-1) ?? "",
  );
}

/** Reads a zip archive; `name` is that of its file, for a lesson that has no folder in it. */
export async function readArchive(archive: Uint8Array, name: string): Promise<LessonFiles> {
  let count = 0;
  let bytes = 0;
  const unpacked = await new Promise<Unzipped>((resolve, reject) => {
    unzip(
      archive,
      {
        filter(entry) {
          if (isOfLesson(entry.name)) {
            count++;
            bytes += entry.originalSize;
          }
          return isOfLesson(entry.name) && count <= MOST_FILES && bytes <= MOST_BYTES;
        },
      },
      (error, data) => (error === null ? resolve(data) : reject(new FilesError("archive", name))),
    );
  });
  if (count > MOST_FILES || bytes > MOST_BYTES) {
    throw new FilesError("large", name);
  }
  const paths = Object.entries(unpacked).map(([path, data]): [string, string] => [path, textOf(path, data)]);
  return lessonOf(paths, name.replace(/\.zip$/i, ""));
}

async function readPaths(found: readonly (readonly [string, File])[]): Promise<LessonFiles> {
  const [only] = found;
  if (found.length === 1 && only !== undefined && /\.zip$/i.test(only[0])) {
    return readArchive(await bytesOf(only[1]), only[1].name);
  }
  return readFiles(found);
}

async function readFiles(found: readonly (readonly [string, File])[]): Promise<LessonFiles> {
  const wanted = found.filter(([path]) => isOfLesson(path));
  const bytes = wanted.reduce((sum, [, { size }]) => sum + size, 0);
  if (wanted.length > MOST_FILES || bytes > MOST_BYTES) {
    throw new FilesError("large");
  }
  const paths: [string, string][] = [];
  for (const [path, file] of wanted) {
    paths.push([path, textOf(path, await bytesOf(file))]);
  }
  return lessonOf(paths, "lesson");
}

/** Takes the folder of the first lesson.yaml for the lesson's; what is outside of it is left out. */
function lessonOf(paths: readonly (readonly [string, string])[], name: string): LessonFiles {
  const [plan] = paths
    .map(([path]) => path)
    .filter((path) => path === PLAN || path.endsWith(`/${PLAN}`))
    .sort((one, other) => one.split("/").length - other.split("/").length || (one < other ? -1 : 1));
  if (plan === undefined) {
    throw new FilesError("plan");
  }
  const folder = plan.slice(0, -PLAN.length);
  const inside = paths.filter(([path]) => path.startsWith(folder));
  const id = folder === "" ? name : (folder.split("/").at(-2) ?? name);
  return {
    // It is part of paths: a folder that is named so cannot be one.
    id: /^[^./\\][^/\\]*$/.test(id) ? id : "lesson",
    files: Object.fromEntries(inside.map(([path, text]) => [path.slice(folder.length), text])),
  };
}

/** Whether a path is one that a lesson may have: a file, not hidden, not outside of the folder. */
function isOfLesson(path: string): boolean {
  const parts = path.split("/");
  return (
    !path.startsWith("/") &&
    !path.includes("\\") &&
    parts.every((part) => part !== "" && !part.startsWith(".") && part !== "__MACOSX")
  );
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FilesError("text", path);
  }
}

async function bytesOf(blob: Blob, name = ""): Promise<Uint8Array> {
  if (blob.size > MOST_BYTES) {
    throw new FilesError("large", name);
  }
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    throw new FilesError("unreadable", name);
  }
}

async function walk(entry: FileSystemEntry, found: [string, File][]): Promise<void> {
  if (found.length > MOST_FILES) {
    return;
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, () => reject(new FilesError("unreadable", entry.name)));
    });
    found.push([entry.fullPath.replace(/^\//, ""), file]);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It tells of some at a time, and of none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, () => reject(new FilesError("unreadable", entry.name)));
    });
    if (some.length === 0 || found.length > MOST_FILES) {
      return;
    }
    for (const one of some) {
      await walk(one, found);
    }
  }
}
