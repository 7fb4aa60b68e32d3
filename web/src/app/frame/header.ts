import { html, setText, svg } from "../../dom/element.ts";
import { type IconName, icon } from "../../dom/icons.ts";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../language/language.ts";
import type { Text } from "../../language/text.ts";
import { isDistant, siteAddress } from "../../loading/files.ts";
import { THEMES, type Theme } from "./theme.ts";

export interface HeaderOptions {
  readonly text: Text;
  readonly language: Language;
  readonly theme: Theme;
  readonly clock: HTMLElement;
  onLanguage(language: Language): void;
  onTheme(theme: Theme): void;
  onPalette(): void;
  onReality(): void;
  onAbout(): void;
  onShortcuts(): void;
  onClusters(): void;
  onShare(): void;
  onReset(): void;
  /** For a page in a frame: the address of the whole page, to which the header has a link. */
  wholePage?(): Promise<string>;
}

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { auto: "contrast", light: "sun", dark: "moon" };

/** Name, clock, and what belongs to the page rather than to the cluster. */
export class Header {
  readonly element: HTMLElement;
  readonly #tagline = html("span", { class: "tagline" });
  readonly #language: HTMLSelectElement;
  readonly #theme = html("button", { type: "button", class: "quiet" });
  readonly #palette = html("button", { type: "button", class: "quiet" });
  readonly #about = html("button", { type: "button", class: "quiet" });
  readonly #reality = html("button", { type: "button", class: "quiet" });
  readonly #shortcuts = html("button", { type: "button", class: "quiet" });
  readonly #clusters = html("button", { type: "button", class: "quiet" });
  readonly #share = html("button", { type: "button", class: "quiet" });
  readonly #reset = html("button", { type: "button", class: "quiet header-reset" });
  readonly #whole: HTMLAnchorElement;
  #text: Text;
  #themeValue: Theme;

  constructor(options: HeaderOptions) {
    this.#text = options.text;
    this.#themeValue = options.theme;
    this.#language = html(
      "select",
      { class: "quiet" },
      ...LANGUAGES.map((language) =>
        html(
          "option",
          { value: language, lang: language, selected: language === options.language },
          LANGUAGE_NAMES[language],
        ),
      ),
    );
    this.#whole = html("a", {
      class: "header-whole",
      href: siteAddress("./"),
      target: "_blank",
      rel: "noopener",
      hidden: options.wholePage === undefined,
    });
    this.element = html(
      "header",
      { class: "header" },
      html(
        "h1",
        { class: "brand" },
        logo(),
        html("span", { class: "brand-name" }, "Tabernetes"),
        this.#tagline,
      ),
      options.clock,
      html(
        "div",
        { class: "header-actions" },
        this.#palette,
        this.#reality,
        this.#about,
        this.#shortcuts,
        this.#clusters,
        this.#share,
        this.#reset,
        this.#whole,
        this.#theme,
        this.#language,
      ),
    );
    this.#language.addEventListener("change", () => options.onLanguage(this.#language.value as Language));
    this.#palette.addEventListener("click", () => options.onPalette());
    this.#about.addEventListener("click", () => options.onAbout());
    this.#reality.addEventListener("click", () => options.onReality());
    this.#shortcuts.addEventListener("click", () => options.onShortcuts());
    this.#clusters.addEventListener("click", () => options.onClusters());
    this.#share.addEventListener("click", () => options.onShare());
    this.#reset.addEventListener("click", () => options.onReset());
    this.#whole.addEventListener("click", (event) => {
      event.preventDefault();
      // The cluster as it is when the link is followed.
      void options.wholePage?.().then((address) => open(address, "_blank", "noopener"));
    });
    this.#theme.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(this.#themeValue) + 1) % THEMES.length] ?? "auto";
      options.onTheme(next);
    });
    // Nobody else can open the address of a file.
    this.#share.hidden = !isDistant;
    this.localize(options.text);
  }

  /** Shows the chosen theme, wherever it was chosen. */
  showTheme(theme: Theme): void {
    this.#themeValue = theme;
    this.#writeTheme();
  }

  showLanguage(language: Language): void {
    this.#language.value = language;
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#tagline, text.tagline);
    this.#language.setAttribute("aria-label", text.language);
    write(this.#reality, "question", text.whatIsReal);
    for (const [button, name, label] of [
      [this.#palette, "palette", text.palette.open],
      [this.#about, "info", text.about.open],
      [this.#shortcuts, "keyboard", text.shortcuts.open],
      [this.#share, "share", text.sharing.open],
    ] as const) {
      button.replaceChildren(icon(name));
      button.title = label;
      button.setAttribute("aria-label", label);
    }
    write(this.#clusters, "clusters", text.storage.open);
    write(this.#reset, "reset", text.reset);
    write(this.#whole, "open", text.embedding.wholePage);
    this.#writeTheme();
  }

  #writeTheme(): void {
    const label = this.#text.theme[this.#themeValue];
    this.#theme.replaceChildren(icon(THEME_ICONS[this.#themeValue]));
    this.#theme.title = label;
    this.#theme.setAttribute("aria-label", label);
  }
}

function write(button: HTMLElement, name: IconName, label: string): void {
  button.replaceChildren(icon(name), html("span", { class: "button-label" }, label));
  button.title = label;
  button.setAttribute("aria-label", label);
}

/** A browser tab with three pods in it. */
function logo(): SVGSVGElement {
  return svg(
    "svg",
    { class: "logo", viewBox: "0 0 32 32", width: 28, height: 28, "aria-hidden": "true" },
    svg("path", {
      class: "logo-tab",
      d: "M3 9.5A5.5 5.5 0 0 1 8.5 4H15A3.5 3.5 0 0 1 18.5 7.5V8H24A5 5 0 0 1 29 13V23A5 5 0 0 1 24 28H8A5 5 0 0 1 3 23Z",
    }),
    svg("path", { class: "logo-pods", d: "M8 15H12.4V21H8ZM13.8 15H18.2V21H13.8Z" }),
    svg("path", { class: "logo-pods next", d: "M19.6 15H24V21H19.6Z" }),
  );
}
