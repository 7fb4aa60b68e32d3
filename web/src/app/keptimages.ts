import { keptName } from "../protocol/keptimages.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** The name of an image's file on the site, without its build. */
export const nameOf = (url: string) => keptName(url).replace(/\.[^.]*$/, "");

const preference = (url: string) => `kept.${nameOf(url)}`;

/** Whether the image of this build is kept unpacked (imagekeeper.ts), as far as the page knows. */
export function isKept(url: string): boolean {
  return readPreference(preference(url)) === keptName(url);
}

export function rememberKept(url: string): void {
  writePreference(preference(url), keptName(url));
}
