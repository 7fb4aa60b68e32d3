import type { LessonProblem, ReadLesson } from "../protocol/lesson.ts";
import {
  type LessonEntry,
  type LessonText,
  loadFiles,
  loadPlan,
  loadSolution,
  loadText,
  type Solution,
} from "./catalogue.ts";
import type { LessonFiles } from "./foreign/kept.ts";
import { type Runnable, stepsOf } from "./run.ts";

/** A lesson with all its parts, wherever it is from. */
export interface LessonSource {
  readonly entry: LessonEntry;
  readonly runnable: Runnable;
  /** What it was read from; undefined for a lesson of the site. */
  readonly files: LessonFiles | undefined;
  /** What its author has to repair; a lesson of the site has none. */
  readonly problems: readonly LessonProblem[];
  /** It can be begun in spite of its problems. */
  readonly playable: boolean;
  text(language: string): Promise<LessonText>;
  solution(): Promise<Solution>;
}

/** A lesson of the site, whose files are in a folder. */
export async function siteLesson(entry: LessonEntry, folder: string): Promise<LessonSource> {
  const plan = await loadPlan(folder);
  const [files, manifests] = await Promise.all([
    loadFiles(folder, plan.files),
    loadFiles(folder, plan.start.manifests),
  ]);
  return {
    entry,
    runnable: { id: entry.id, plan, files, manifests },
    files: undefined,
    problems: [],
    playable: true,
    text: (language) => loadText(folder, language),
    solution: () => loadSolution(folder),
  };
}

/** A lesson from outside of the site, as the engine has read it. `base` resolves its relative addresses. */
export function foreignLesson(lesson: LessonFiles, read: ReadLesson, base: string): LessonSource {
  const { id, files } = lesson;
  const { plan, texts, problems, playable, solution } = read;
  const inLanguages = (of: (text: ReadLesson["texts"][number]) => string) =>
    Object.fromEntries(texts.map((text) => [text.language, of(text)]));
  const named = (wanted: readonly { readonly name: string }[] = []) =>
    Object.fromEntries(wanted.map(({ name }) => [name, files[name] ?? ""]));
  return {
    entry: {
      id,
      titles: inLanguages(({ title }) => title),
      summaries: inLanguages(({ summary }) => summary),
      languages: texts.map(({ language }) => language),
      minutes: texts[0]?.minutes ?? 0,
      ...(plan.variants === undefined ? {} : { variants: plan.variants }),
      steps: stepsOf(plan).map((step) => step.id),
    },
    runnable: {
      id,
      foreign: true,
      plan,
      files: named(plan.files),
      manifests: named(plan.start.manifests),
    },
    files: lesson,
    problems,
    playable,
    text: async (language) => {
      const text = texts.find((one) => one.language === language);
      return { markup: text?.html ?? "", base, blocks: text?.blocks ?? [] };
    },
    solution: async () => solution,
  };
}
