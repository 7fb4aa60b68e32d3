/** Elements that a lesson may have; any other is replaced by its children, or dropped with them. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd pre code kbd samp em strong b i del sub sup blockquote hr br a img " +
    "figure figcaption table caption thead tbody tr th td details summary article header section aside div span"
  ).split(" "),
);

/** Elements whose content is no text for a reader. */
const DROPPED: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "iframe",
  "object",
  "embed",
  "svg",
  "math",
]);

const ATTRIBUTES: ReadonlySet<string> = new Set([
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
]);

/** Every id begins with it, so that a lesson cannot take one that the page uses; the build writes it so already. */
const ID_PREFIX = "lesson-";

/**
 * The lesson's HTML as nodes, by an allow-list. It comes from our own build, but
 * the page does not trust it. `base` resolves relative addresses.
 */
export function sanitize(markup: string, base: string): DocumentFragment {
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment, base);
  return fragment;
}

function copyChildren(from: Node, to: Node, base: string): void {
  for (const child of from.childNodes) {
    if (child instanceof Text) {
      to.appendChild(document.createTextNode(child.data));
    } else if (child instanceof Element) {
      copyElement(child, to, base);
    }
  }
}

function copyElement(from: Element, to: Node, base: string): void {
  const name = from.localName;
  if (DROPPED.has(name)) {
    return;
  }
  if (!ELEMENTS.has(name)) {
    copyChildren(from, to, base);
    return;
  }
  const copy = document.createElement(name);
  for (const { name: attribute, value } of from.attributes) {
    if (ATTRIBUTES.has(attribute)) {
      copy.setAttribute(attribute, value);
    } else if (attribute === "id" || attribute === "aria-labelledby") {
      copy.setAttribute(attribute, prefixed(value));
    }
  }
  if (copy instanceof HTMLAnchorElement) {
    setLink(copy, from.getAttribute("href") ?? "", base);
  } else if (copy instanceof HTMLImageElement) {
    setSource(copy, from.getAttribute("src") ?? "", base);
  }
  copyChildren(from, copy, base);
  to.appendChild(copy);
}

function setLink(link: HTMLAnchorElement, address: string, base: string): void {
  if (address.startsWith("#")) {
    link.href = `#${prefixed(address.slice(1))}`;
    return;
  }
  const url = parse(address, base);
  if (url?.protocol === "https:" || url?.protocol === "http:") {
    link.href = url.href;
    if (url.origin !== location.origin) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
  }
}

function parse(address: string, base: string): URL | undefined {
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

function prefixed(id: string): string {
  return id.startsWith(ID_PREFIX) ? id : ID_PREFIX + id;
}

/** Only images of this site: a lesson sends no request to anyone. */
function setSource(image: HTMLImageElement, address: string, base: string): void {
  const url = parse(address, base);
  if (url !== undefined && url.origin === location.origin) {
    image.src = url.href;
  }
}
