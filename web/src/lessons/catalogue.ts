import type { Language } from "../language/language.ts";
import type { LessonBlock, LessonPlan } from "../protocol/lesson.ts";

/** An entry of lessons/index.json, which the build writes. */
export interface LessonEntry {
  readonly id: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly summaries: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
  readonly minutes: number;
  /** Absent when the lesson belongs to no course. */
  readonly course?: string;
  readonly place?: number;
  readonly prerequisites?: readonly string[];
  /** Ids of the steps that can be passed. */
  readonly steps: readonly string[];
}

/** Blocks of the solution by the ids of their steps. */
export type Solution = Readonly<Record<string, readonly string[]>>;

/** A lesson in one language. */
export interface LessonText {
  /** Not to be trusted. */
  readonly markup: string;
  /** What `markup` is relative to. */
  readonly base: string;
  readonly blocks: readonly LessonBlock[];
}

/** The lessons of this site; none when it was built without. */
export async function loadCatalogue(): Promise<LessonEntry[]> {
  const response = await fetch(addressOf("index.json"));
  return response.status === 404
    ? []
    : ((await bodyOf(response).then((body) => body.json())) as LessonEntry[]);
}

/** What all languages of a lesson share. */
export async function loadPlan(id: string): Promise<LessonPlan> {
  return (await (await get(id, "lesson.json")).json()) as LessonPlan;
}

export async function loadSolution(id: string): Promise<Solution> {
  return (await (await get(id, "solution.json")).json()) as Solution;
}

export async function loadText(id: string, language: string): Promise<LessonText> {
  const [markup, blocks] = await Promise.all([
    get(id, `lesson.${language}.html`),
    get(id, `lesson.${language}.json`),
  ]);
  return { markup: await markup.text(), base: markup.url, blocks: (await blocks.json()) as LessonBlock[] };
}

/** Files of a lesson by their names. */
export async function loadFiles(
  id: string,
  files: readonly { readonly name: string }[] = [],
): Promise<Readonly<Record<string, string>>> {
  const texts = files.map(async ({ name }) => [name, await (await get(id, name)).text()] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function get(id: string, file: string): Promise<Response> {
  return bodyOf(await fetch(addressOf(`${encodeURIComponent(id)}/${encodeURIComponent(file)}`)));
}

async function bodyOf(response: Response): Promise<Response> {
  if (!response.ok) {
    throw new Error(`${new URL(response.url).pathname}: HTTP ${response.status}`);
  }
  return response;
}

function addressOf(file: string): URL {
  return new URL(`lessons/${file}`, document.baseURI);
}

/** The lesson's language for a reader of `language`: that, else English, else what there is. */
export function languageFor(entry: LessonEntry, language: Language): string {
  return [language, "en"].find((wanted) => entry.languages.includes(wanted)) ?? entry.languages[0] ?? "en";
}

export function titleIn(entry: LessonEntry, language: Language): string {
  return entry.titles[languageFor(entry, language)] ?? entry.id;
}
