import { type ManifestFiles, readManifestFiles } from "../editor/files.ts";
import { type LessonFiles, readLessonFiles } from "../lessons/foreign/kept.ts";
import { type LessonRecord, readRecord } from "../lessons/record.ts";
import type { StoredFile } from "../protocol/kubectl.ts";

/** The page state stored with a cluster's objects. An absent part is as at the first visit. */
export interface PageState {
  readonly editor?: ManifestFiles;
  /** The terminal's. */
  readonly files?: readonly StoredFile[];
  /** The lines that were entered in the terminal, oldest first. */
  readonly commands?: readonly string[];
  readonly lesson?: LessonRecord;
  /** The lesson from outside of the site that this cluster is for. */
  readonly foreign?: LessonFiles;
  /** `rate` null is unlimited. */
  readonly clock?: { readonly rate: number | null; readonly paused: boolean };
}

export type Part = keyof PageState;

/** Bounds of what is accepted from a file or a link, in UTF-16 units and in lines. */
const MOST_TEXT = 4 << 20;
const MOST_COMMANDS = 1000;
const MOST_FILES = 1000;

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;

/** Each returns the part, or undefined if the value is not valid. */
const READERS: { readonly [Name in Part]: (value: unknown) => PageState[Name] } = {
  editor(value) {
    const files = readManifestFiles(value);
    return files?.files.every(({ file, yaml }) => isText(file) && isText(yaml)) ? files : undefined;
  },
  files(value) {
    if (!Array.isArray(value)) {
      return undefined;
    }
    return value.slice(0, MOST_FILES).flatMap((one: unknown) => {
      const { path, text } = record(one) ?? {};
      return isText(path) && isText(text) && path.startsWith("/") ? [{ path, text }] : [];
    });
  },
  commands(value) {
    return Array.isArray(value) ? value.filter(isText).slice(-MOST_COMMANDS) : undefined;
  },
  lesson: readRecord,
  foreign: readLessonFiles,
  clock(value) {
    const { rate, paused } = record(value) ?? {};
    const known = rate === null || (typeof rate === "number" && rate >= 0.1 && rate <= 100);
    return known && typeof paused === "boolean" ? { rate: rate as number | null, paused } : undefined;
  },
};

export const PARTS = Object.keys(READERS) as Part[];

/** Reads untrusted page state: invalid parts are left out. */
export function readPageState(value: unknown): PageState {
  const fields = record(value) ?? {};
  return Object.fromEntries(
    PARTS.map((part) => [part, READERS[part](fields[part])]).filter(([, read]) => read !== undefined),
  ) as PageState;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_TEXT;
}
