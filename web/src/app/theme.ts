export type Theme = "auto" | "light" | "dark";

export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function isTheme(text: string): text is Theme {
  return (THEMES as readonly string[]).includes(text);
}

/**
 * Sets what the style sheets look at, `data-theme` on the root element: light or
 * dark. Automatic follows the system, also when that changes later.
 */
export class ThemeSwitch {
  readonly #systemDark = matchMedia("(prefers-color-scheme: dark)");
  #theme: Theme;

  constructor(theme: Theme) {
    this.#theme = theme;
    this.#systemDark.addEventListener("change", () => this.#write());
    this.#write();
  }

  set(theme: Theme): void {
    this.#theme = theme;
    this.#write();
  }

  #write(): void {
    const isDark = this.#theme === "dark" || (this.#theme === "auto" && this.#systemDark.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }
}
