/** Attributes by which sites say which colours they have. */
const ATTRIBUTES = [
  "class",
  "style",
  "data-theme",
  "data-color-mode",
  "data-md-color-scheme",
  "data-bs-theme",
];

const DARK = /\b(?:dark|slate)\b/;
const LIGHT = /\b(?:light|default)\b/;

/** The colours of the page around an element: those that it says, else `auto`, those of the reader's system. */
export function themeAround(element: Element): "light" | "dark" | "auto" {
  const scheme = getComputedStyle(element).colorScheme;
  if (scheme === "dark" || scheme === "light") {
    return scheme;
  }
  const said = [document.documentElement, document.body].flatMap((place) =>
    ATTRIBUTES.filter((name) => name !== "style").map((name) => place?.getAttribute(name) ?? ""),
  );
  return said.some((value) => DARK.test(value))
    ? "dark"
    : said.some((value) => LIGHT.test(value))
      ? "light"
      : "auto";
}

/** Calls a function when the page may have changed its colours; returns the function that ends this. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  for (const place of [document.documentElement, document.body]) {
    observer.observe(place, { attributes: true, attributeFilter: ATTRIBUTES });
  }
  return () => observer.disconnect();
}
