/** A lesson as its author has it: the name of its folder, and texts by their paths inside of it. */
export interface LessonFiles {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Bounds of a lesson from outside of the site; beyond them nothing of it is opened. */
export const MOST_FILES = 200;
export const MOST_BYTES = 4 << 20;

/** Reads untrusted files of a lesson, as they are kept with the cluster that is for it. */
export function readLessonFiles(value: unknown): LessonFiles | undefined {
  const { id, files } = fieldsOf(value);
  if (typeof id !== "string" || id.length > 255) {
    return undefined;
  }
  const texts = Object.entries(fieldsOf(files));
  let length = 0;
  for (const [, text] of texts) {
    length += typeof text === "string" ? text.length : Number.POSITIVE_INFINITY;
  }
  return texts.length > MOST_FILES || length > MOST_BYTES
    ? undefined
    : { id, files: Object.fromEntries(texts) as Record<string, string> };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
