import type { Language } from "../language/language.ts";

/** An entry of lessons/index.json, which the build writes. */
export interface LessonEntry {
  readonly id: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly summaries?: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
}

/** The lessons of this site; none when it was built without. */
export async function loadCatalogue(): Promise<LessonEntry[]> {
  const response = await fetch(new URL("lessons/index.json", document.baseURI));
  if (response.status === 404) {
    return [];
  }
  if (!response.ok) {
    throw new Error(`lessons/index.json: HTTP ${response.status}`);
  }
  return (await response.json()) as LessonEntry[];
}

/** The lesson's language for a reader of `language`: that, else English, else what there is. */
export function languageFor(entry: LessonEntry, language: Language): string {
  return [language, "en"].find((wanted) => entry.languages.includes(wanted)) ?? entry.languages[0] ?? "en";
}

export function titleIn(entry: LessonEntry, language: Language): string {
  return entry.titles[language] ?? entry.titles[languageFor(entry, language)] ?? entry.id;
}

/** Address of the rendered lesson. */
export function lessonAddress(entry: LessonEntry, language: string): URL {
  return new URL(`lessons/${encodeURIComponent(entry.id)}/lesson.${language}.html`, document.baseURI);
}
