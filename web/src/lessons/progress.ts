/** How far somebody is in one lesson. */
export interface LessonProgress {
  /** Ids of the steps that were passed. */
  readonly passed: readonly string[];
  /** Predictions that were made, and those that came true. */
  readonly made: number;
  readonly right: number;
}

/** How far somebody is in all lessons, by their ids. It belongs to the browser, not to a cluster. */
export type Progress = Readonly<Record<string, LessonProgress>>;

/** Keeps the progress across visits. */
export interface ProgressStore {
  load(): Progress;
  save(progress: Progress): void;
}

/** What a file of progress has besides: other files are refused by it. */
const FORMAT = "tabernetes progress";

/** Lessons, and steps of a lesson, that are read from a file. */
const MOST = 500;

/** The text is no progress that was written by {@link writeProgress}. */
export class NoProgress extends Error {
  override readonly name = "NoProgress";
}

export function writeProgress(progress: Progress): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, lessons: progress }, null, 2)}\n`;
}

/** Throws {@link NoProgress}; what is not valid within is left out. */
export function readProgress(text: string): Progress {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NoProgress("the file is not JSON");
  }
  const { format, version, lessons } = fieldsOf(value);
  if (format !== FORMAT || version !== 1) {
    throw new NoProgress(`the file is not "${FORMAT}", version 1`);
  }
  return Object.fromEntries(
    Object.entries(fieldsOf(lessons))
      .slice(0, MOST)
      .map(([id, one]) => [id, readLesson(one)]),
  );
}

function readLesson(value: unknown): LessonProgress {
  const { passed, made, right } = fieldsOf(value);
  const steps = Array.isArray(passed) ? passed.filter((step) => typeof step === "string") : [];
  return { passed: steps.slice(0, MOST), made: count(made), right: Math.min(count(right), count(made)) };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const count = (value: unknown) =>
  typeof value === "number" && value > 0 && value < MOST ? Math.floor(value) : 0;

/** What was passed in either; of predictions those of the lesson's run in which more were made. */
export function mergeProgress(one: Progress, other: Progress): Progress {
  const merged: Record<string, LessonProgress> = { ...one };
  for (const [id, theirs] of Object.entries(other)) {
    const ours = one[id];
    merged[id] =
      ours === undefined
        ? theirs
        : {
            ...(theirs.made > ours.made ? theirs : ours),
            passed: [...new Set([...ours.passed, ...theirs.passed])],
          };
  }
  return merged;
}

/** The progress after a lesson has gone on: what was passed in it before stays passed. */
export function noteLesson(progress: Progress, id: string, now: LessonProgress): Progress {
  return {
    ...progress,
    [id]: { ...now, passed: [...new Set([...(progress[id]?.passed ?? []), ...now.passed])] },
  };
}

/** How many of the steps that a lesson has were passed: a step that it has no more does not count. */
export function passedOf(
  progress: Progress,
  lesson: { readonly id: string; readonly steps: readonly string[] },
): number {
  const passed = new Set(progress[lesson.id]?.passed);
  return lesson.steps.filter((step) => passed.has(step)).length;
}
