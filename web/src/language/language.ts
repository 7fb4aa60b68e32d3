import { chinese } from "./chinese.ts";
import { english } from "./english.ts";

/** The table of texts; English sets its shape. */
export type Text = typeof english;

export type Language = "en" | "zh";

export const LANGUAGES: readonly Language[] = ["en", "zh"];

const TEXTS: Readonly<Record<Language, Text>> = { en: english, zh: chinese };

/** For the `lang` attribute: it chooses the shapes of Han characters. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: "en", zh: "zh-Hans" };

export function textIn(language: Language): Text {
  return TEXTS[language];
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
