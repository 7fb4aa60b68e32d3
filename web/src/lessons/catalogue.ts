import { buildAddress } from "../dom/buildaddress.ts";
import type { Language } from "../language/language.ts";
import { fetchFile } from "../loading/files.ts";
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
  /** Those of which each learner gets one; absent when the lesson is the same for everybody. */
  readonly variants?: readonly string[];
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
  const response = await fetchFile(addressOf("index.json"));
  return response.status === 404
    ? []
    : ((await bodyOf(response).then((body) => body.json())) as LessonEntry[]);
}

/** Where a lesson's files are: those of the variant that the learner has been given, or that goes with a seed. */
export function folderOf(
  { id, variants = [] }: Pick<LessonEntry, "id" | "variants">,
  seed: number,
  given?: string,
): string {
  const variant = variants.find((one) => one === given) ?? variants[seed % variants.length];
  return variant === undefined ? id : `${id}/${variant}`;
}

/** What all languages of a lesson share. `id` alone is the folder of its first variant's. */
export async function loadPlan(folder: string): Promise<LessonPlan> {
  return (await (await get(folder, "lesson.json")).json()) as LessonPlan;
}

export async function loadSolution(folder: string): Promise<Solution> {
  return (await (await get(folder, "solution.json")).json()) as Solution;
}

export async function loadText(folder: string, language: string): Promise<LessonText> {
  const [markup, blocks] = await Promise.all([
    get(folder, `lesson.${language}.html`),
    get(folder, `lesson.${language}.json`),
  ]);
  return { markup: await markup.text(), base: markup.url, blocks: (await blocks.json()) as LessonBlock[] };
}

/** Files of a lesson by their names. */
export async function loadFiles(
  folder: string,
  files: readonly { readonly name: string }[] = [],
): Promise<Readonly<Record<string, string>>> {
  const texts = files.map(async ({ name }) => [name, await (await get(folder, name)).text()] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function get(folder: string, file: string): Promise<Response> {
  return bodyOf(await fetchFile(addressOf(`${folder}/${file}`.split("/").map(encodeURIComponent).join("/"))));
}

async function bodyOf(response: Response): Promise<Response> {
  if (!response.ok) {
    throw new Error(`${new URL(response.url).pathname}: HTTP ${response.status}`);
  }
  return response;
}

function addressOf(file: string): string {
  return buildAddress(`lessons/${file}`);
}

/** The lesson's language for a reader of `language`: that, else English, else what there is. */
export function languageFor(entry: LessonEntry, language: Language): string {
  return [language, "en"].find((wanted) => entry.languages.includes(wanted)) ?? entry.languages[0] ?? "en";
}

export function titleIn(entry: LessonEntry, language: Language): string {
  return entry.titles[languageFor(entry, language)] ?? entry.id;
}
