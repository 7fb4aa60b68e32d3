import type { LessonFinding, LessonKept } from "../protocol/lesson.ts";

/** What is kept of a lesson with its cluster, for a page that is loaded again. Keys of questions are {@link questionKey}. */
export interface LessonRecord {
  readonly id: string;
  /** The lesson is from outside of the site; one of the site may have the same id. */
  readonly foreign?: true;
  /** The variant of the lesson that the learner has got; absent when it has none. */
  readonly variant?: string;
  /** The cluster is what the lesson begins with, or has gone on from there. */
  readonly begun: boolean;
  /** The step under way; absent when none is. */
  readonly step?: string;
  readonly kept?: LessonKept;
  /** Ids of steps, in the order in which they were passed. */
  readonly passed: readonly string[];
  /** Revisions of the cluster at which steps began, by their ids. */
  readonly moments: Readonly<Record<string, number>>;
  /** What the learner has predicted. */
  readonly guesses: Readonly<Record<string, readonly string[]>>;
  /** What came of it: by the controllers, or as the texts explain it. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** How many hints were shown, by step. */
  readonly hints: Readonly<Record<string, number>>;
  /** What the checks of passed steps had found, by step. */
  readonly found: Readonly<Record<string, readonly LessonFinding[]>>;
}

export function newRecord(
  { id, foreign = false }: { readonly id: string; readonly foreign?: boolean },
  variant?: string,
): LessonRecord {
  return {
    id,
    ...(foreign ? { foreign } : {}),
    ...(variant === undefined ? {} : { variant }),
    begun: false,
    passed: [],
    moments: {},
    guesses: {},
    answers: {},
    hints: {},
    found: {},
  };
}

export function questionKey(step: string, question: string): string {
  return `${step}/${question}`;
}

/** Whether the record is of a lesson. */
export function isOf(
  record: LessonRecord | undefined,
  { id, foreign = false }: { readonly id: string; readonly foreign?: boolean },
): record is LessonRecord {
  return record?.id === id && (record.foreign ?? false) === foreign;
}

/** The record without what happened in some steps. */
export function withoutSteps(record: LessonRecord, steps: readonly string[]): LessonRecord {
  const rest = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([key]) => !steps.some((step) => key === step || key.startsWith(`${step}/`)),
      ),
    );
  const { step, kept, ...kind } = record;
  return {
    ...kind,
    ...(step === undefined || steps.includes(step) ? {} : { step, ...(kept === undefined ? {} : { kept }) }),
    passed: record.passed.filter((passed) => !steps.includes(passed)),
    moments: rest(record.moments),
    guesses: rest(record.guesses),
    answers: rest(record.answers),
    hints: rest(record.hints),
    found: rest(record.found),
  };
}

/** How many of the predictions that were made came true. */
export function score({ guesses, answers }: Pick<LessonRecord, "guesses" | "answers">): {
  readonly right: number;
  readonly made: number;
} {
  const made = Object.keys(guesses).filter((key) => answers[key] !== undefined);
  return { made: made.length, right: made.filter((key) => isRight(guesses[key], answers[key])).length };
}

export function isRight(
  guess: readonly string[] | undefined,
  answer: readonly string[] | undefined,
): boolean {
  return guess !== undefined && guess.join("\n") === answer?.join("\n");
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const isText = (value: unknown): value is string => typeof value === "string";

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(isText) : []);

function entries<Value>(value: unknown, read: (value: unknown) => Value | undefined): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([key, one]) => {
      const entry = read(one);
      return entry === undefined ? [] : [[key, entry]];
    }),
  );
}

const count = (value: unknown) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const STATES: readonly unknown[] = ["missing", "met", "holding", "broken"] satisfies LessonFinding["state"][];

function finding(value: unknown): LessonFinding[] {
  const { id, state, sentence, values } = fieldsOf(value);
  if (!isText(id) || !isText(sentence) || !STATES.includes(state)) {
    return [];
  }
  const named = entries(values, (one) => (isText(one) ? one : undefined));
  return [{ id, sentence, state: state as LessonFinding["state"], values: named }];
}

/** Reads an untrusted record: what is not valid is left out. The engine reads `kept`, and refuses what it does not know. */
export function readRecord(value: unknown): LessonRecord | undefined {
  const fields = fieldsOf(value);
  if (!isText(fields.id)) {
    return undefined;
  }
  const began = fieldsOf(fields.kept).began;
  return {
    id: fields.id,
    ...(fields.foreign === true ? { foreign: true } : {}),
    ...(isText(fields.variant) ? { variant: fields.variant } : {}),
    begun: fields.begun === true,
    ...(isText(fields.step) ? { step: fields.step } : {}),
    ...(isText(began) ? { kept: fields.kept as LessonKept } : {}),
    passed: texts(fields.passed),
    moments: entries(fields.moments, count),
    guesses: entries(fields.guesses, texts),
    answers: entries(fields.answers, texts),
    hints: entries(fields.hints, count),
    found: entries(fields.found, (one) => (Array.isArray(one) ? one.flatMap(finding) : undefined)),
  };
}
