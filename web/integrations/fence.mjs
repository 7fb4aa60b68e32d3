/**
 * What the plugins for Markdown share: a fence becomes an element.
 *
 *     ```tabernetes lesson=rolling-update height=480
 *     ```
 *
 * The words behind the name are the element's attributes; the block's text is the YAML
 * that the cluster starts from. A reader who is not shown the element gets a link.
 */

/** The name of the fence. */
export const FENCE = "tabernetes";

/** The attributes of `<tabernetes-playground>`, which also is told where its site is. */
export const ATTRIBUTES = [
  "lesson",
  "src",
  "yaml",
  "state",
  "start",
  "theme",
  "lang",
  "panes",
  "height",
  "readonly",
  "rate",
  "seed",
  "hide-hints",
  "sandbox",
  "alongside",
];

/** `name`, `name=value`, `name="a value"` or `name='a value'`. */
const WORD = /([^\s=]+)(?:=(?:"([^"]*)"|'([^']*)'|(\S*)))?/g;

/** The attributes of a fence by their names; throws for one that the element does not have. */
export function readAttributes(words) {
  const found = {};
  for (const [, name, ...values] of words.matchAll(WORD)) {
    if (!ATTRIBUTES.includes(name)) {
      throw new Error(`${FENCE}: there is no attribute "${name}"; there are ${ATTRIBUTES.join(", ")}`);
    }
    if (Object.hasOwn(found, name)) {
      throw new Error(`${FENCE}: "${name}" stands twice`);
    }
    found[name] = values.find((value) => value !== undefined) ?? "";
  }
  return found;
}

/** What a plugin puts in the place of a fence. */
export function readFence(words, text, { site }) {
  const address = siteAddress(site);
  const attributes = readAttributes(words);
  if (text.trim() !== "") {
    if (attributes.yaml !== undefined) {
      throw new Error(`${FENCE}: both the block's text and "yaml" are what it starts from`);
    }
    attributes.yaml = `${text.trimEnd()}\n`;
  }
  return { attributes: { site: address.href, ...attributes }, link: linkOf(attributes, address) };
}

/** The address of the script that defines the element. */
export const scriptAddress = (site) => new URL("embed.js", siteAddress(site)).href;

/** The element as HTML. */
export function markupOf({ attributes, link }, title) {
  const list = Object.entries(attributes).map(([name, value]) =>
    value === "" ? ` ${name}` : ` ${name}="${escapeMarkup(value)}"`,
  );
  return `<tabernetes-playground${list.join("")}><a href="${escapeMarkup(link)}">${escapeMarkup(title)}</a></tabernetes-playground>`;
}

/** Words of the link, where no others are given. */
export const TITLE = "Kubernetes playground";

function siteAddress(site) {
  if (typeof site !== "string" || !URL.canParse(site) || !/^https?:$/.test(new URL(site).protocol)) {
    throw new Error(
      `${FENCE}: the plugin needs "site", the address of a Tabernetes site, got ${JSON.stringify(site)}`,
    );
  }
  return new URL("./", site);
}

/** Where the reader finds the same in a tab of its own. */
function linkOf({ lesson, state, yaml }, site) {
  const whole = new URL(site);
  if (lesson !== undefined) {
    whole.searchParams.set("lesson", lesson);
  }
  if (state !== undefined) {
    whole.hash = `cluster=${state}`;
    return whole.href;
  }
  if (yaml === undefined) {
    return whole.href;
  }
  const frame = new URL("embed.html", site);
  frame.hash = new URLSearchParams({ yaml }).toString();
  return frame.href;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };

const escapeMarkup = (text) => text.replace(/[&<>"\n]/g, (character) => ENTITIES[character]);
