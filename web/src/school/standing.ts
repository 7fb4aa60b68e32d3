import type { Standing } from "../lessons/host.ts";
import { isRight, type LessonRecord, questionKey, readRecord } from "../lessons/record.ts";

/** SCORM 1.2 takes 4,096 characters, the third edition of SCORM 2004 only 4,000. */
export const MOST_SUSPENDED = 4000;

/**
 * From 0 to 100: each step that was passed is a point, and each prediction that came
 * true. Who predicts nothing can pass every step, and has no more than these points.
 */
export function scoreOf({ steps, record }: Pick<Standing, "steps" | "record">): number {
  const questions = steps.flatMap(({ id, questions = [] }) =>
    questions.map((one) => questionKey(id, one.id)),
  );
  const passed = steps.filter(({ id }) => record.passed.includes(id)).length;
  const right = questions.filter((key) => isRight(record.guesses[key], record.answers[key])).length;
  const most = steps.length + questions.length;
  return most === 0 ? 0 : Math.round((100 * (passed + right)) / most);
}

/** Every step was passed. */
export function isComplete({ steps, record }: Pick<Standing, "steps" | "record">): boolean {
  return steps.length > 0 && steps.every(({ id }) => record.passed.includes(id));
}

/**
 * What of a record lets a lesson go on elsewhere, in ASCII: what the checks have found
 * and when steps began belongs to the cluster, which is made again. Of what is too long
 * the steps that were passed are left.
 */
export function suspend(record: LessonRecord): string {
  const { id, variant, passed, guesses, answers, hints } = record;
  const all = [
    { id, variant, passed, guesses, answers, hints },
    { id, variant, passed },
  ];
  return all.map(ascii).find((text) => text.length <= MOST_SUSPENDED) ?? "";
}

function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Reads what {@link suspend} has made. It has been elsewhere: what is not valid is left out. */
export function resume(text: string): LessonRecord | undefined {
  try {
    return readRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}
