/** What the reader has chosen: by the address, else at the last visit, else in the browser. */
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
