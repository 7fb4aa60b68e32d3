/**
 * Small things that outlive a visit: the theme, the language, the editor's text.
 * Where the browser allows no storage they last as long as the page.
 */
const PREFIX = "tabernetes:";

const fallback = new Map<string, string>();

export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return fallback.get(name);
  }
}

/** `undefined` removes it. */
export function writePreference(name: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(PREFIX + name);
    } else {
      localStorage.setItem(PREFIX + name, value);
    }
  } catch {
    if (value === undefined) {
      fallback.delete(name);
    } else {
      fallback.set(name, value);
    }
  }
}
