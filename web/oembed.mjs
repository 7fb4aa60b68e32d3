/**
 * oEmbed (oembed.com): what programs that preview a link to the site show in its place.
 * An answer has whole addresses in it, so it is written where the site's is known.
 */

/** Pixels; programs that want another size scale the frame. */
const WIDTH = 800;
const HEIGHT = 480;
/** Seconds that an answer may be kept. */
const CACHE_AGE = 86_400;

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeMarkup = (text) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);

/** The answer for the page, or for one of its lessons; `address` is that of the site. */
export function oembed(address, { title, lesson }) {
  const frame = new URL("embed.html", address);
  if (lesson !== undefined) {
    frame.searchParams.set("lesson", lesson);
  }
  return {
    version: "1.0",
    type: "rich",
    title,
    provider_name: "Tabernetes",
    provider_url: new URL("./", address).href,
    cache_age: CACHE_AGE,
    width: WIDTH,
    height: HEIGHT,
    html: `<iframe src="${escapeMarkup(frame.href)}" title="${escapeMarkup(title)}" width="${WIDTH}" height="${HEIGHT}" allow="clipboard-write" style="border: 0"></iframe>`,
  };
}

/** The line of a page's head that says where its answer is. */
export function oembedLink(address) {
  const href = escapeMarkup(new URL("oembed.json", address).href);
  return `<link rel="alternate" type="application/json+oembed" href="${href}" title="Tabernetes">`;
}

/** All answers of a site by the names of their files; `lessons` are the entries of lessons/index.json. */
export function oembedFiles(address, title, lessons) {
  return new Map([
    ["oembed.json", oembed(address, { title })],
    ...lessons.map(({ id, titles }) => [
      `lessons/${id}/oembed.json`,
      oembed(address, { title: titles.en ?? Object.values(titles)[0] ?? id, lesson: id }),
    ]),
  ]);
}
