import createPurifier, { type Config } from "dompurify";

/** Every id begins with it, so that a lesson cannot take one that the page uses; the build writes it so already. */
const ID_PREFIX = "lesson-";

/** An instance of our own: hooks and settings of any other use do not change it. */
const purifier = createPurifier(window);

const SETTINGS: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: (
    "#text h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd pre code kbd samp em strong b i del sub sup blockquote hr br a img " +
    "figure figcaption table caption thead tbody tr th td details summary article header section aside div span"
  ).split(" "),
  ALLOWED_ATTR: [
    "id",
    "aria-labelledby",
    "href",
    "src",
    "class",
    "lang",
    "title",
    "alt",
    "colspan",
    "rowspan",
    "scope",
    "start",
    "open",
    "width",
    "height",
    "align",
    "data-step",
    "data-kind",
    "data-file",
    "data-apply",
    "data-block",
    "data-id",
  ],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  // Their content is no text for a reader.
  ADD_FORBID_CONTENTS: ["object", "embed", "textarea", "select"],
  RETURN_DOM_FRAGMENT: true,
};

/**
 * The lesson's HTML as nodes, by an allow-list: DOMPurify's work but for what only this
 * page knows, which ids and addresses a lesson may have. The page trusts no lesson,
 * from wherever it comes. `base` resolves relative addresses.
 */
export function sanitize(markup: string, base: string): DocumentFragment {
  // Its document has no window: nothing loads before the nodes are put into the page.
  const fragment = purifier.sanitize(markup, SETTINGS);
  for (const element of fragment.querySelectorAll("[id], [aria-labelledby], a, img")) {
    for (const name of ["id", "aria-labelledby"]) {
      const value = element.getAttribute(name);
      if (value !== null) {
        element.setAttribute(name, prefixed(value));
      }
    }
    if (element.localName === "a") {
      setLink(element, base);
    } else if (element.localName === "img") {
      setSource(element, base);
    }
  }
  return fragment;
}

function setLink(link: Element, base: string): void {
  const address = link.getAttribute("href") ?? "";
  link.removeAttribute("href");
  if (address.startsWith("#")) {
    link.setAttribute("href", `#${prefixed(address.slice(1))}`);
    return;
  }
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:" || url?.protocol === "mailto:") {
    link.setAttribute("href", url.href);
    if (url.origin !== location.origin) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer");
    }
  }
}

/** Only images of this site: a lesson sends no request to anyone. */
function setSource(image: Element, base: string): void {
  const address = image.getAttribute("src") ?? "";
  image.removeAttribute("src");
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url !== undefined && url.origin === location.origin) {
    image.setAttribute("src", url.href);
  }
}

function prefixed(id: string): string {
  return id.startsWith(ID_PREFIX) ? id : ID_PREFIX + id;
}
