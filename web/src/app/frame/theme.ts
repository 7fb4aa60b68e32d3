export type Theme = "auto" | "light" | "dark";

export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function isTheme(text: string): text is Theme {
  return (THEMES as readonly string[]).includes(text);
}

const systemDark = () => matchMedia("(prefers-color-scheme: dark)");

/** Sets `data-theme` on the root element, which the style sheets use: light or dark; automatic follows the system. */
export function showTheme(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "auto" && systemDark().matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

/** Shows a theme, of which automatic follows the system, also when that changes later. */
export class ThemeSwitch {
  #theme: Theme;

  constructor(theme: Theme) {
    this.#theme = theme;
    systemDark().addEventListener("change", () => showTheme(this.#theme));
    showTheme(theme);
  }

  set(theme: Theme): void {
    this.#theme = theme;
    showTheme(theme);
  }
}
