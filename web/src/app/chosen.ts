/** The reader's choices: from the address, else from the last visit, else from the browser's settings. */
import { type Language, preferredLanguage } from "../language/language.ts";
import { isTheme, type Theme } from "./frame/theme.ts";
import { readPreference } from "./preferences.ts";
import type { Query } from "./query.ts";

export function chosenTheme({ theme }: Query): Theme {
  const stored = readPreference("theme") ?? "auto";
  return theme ?? (isTheme(stored) ? stored : "auto");
}

export function chosenLanguage({ language }: Query): Language {
  return language ?? preferredLanguage([readPreference("language") ?? "", ...navigator.languages]);
}
