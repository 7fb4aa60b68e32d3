import { english } from "./english.ts";
import type { Text } from "./text.ts";

export type Language = "en" | "zh";

export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** The name of each language, in that language. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", zh: "简体中文" };

/** For the `lang` attribute: it chooses the shapes of Han characters. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans" };

/** English is always there; the texts of another language are loaded when it is chosen. */
const TEXTS: Readonly<Record<Language, () => Text | Promise<Text>>> = {
  en: () => english,
  zh: async () => (await import("./chinese.ts")).chinese,
};

/** Rejects when the texts cannot be fetched. */
export async function loadText(language: Language): Promise<Text> {
  return TEXTS[language]();
}

/** The first of the user's languages that the page has, else English. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = LANGUAGES.find((known) => tag.toLowerCase().split("-")[0] === known);
    if (language !== undefined) {
      return language;
    }
  }
  return "en";
}
