import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { newProfile } from "../../test/drivers/drivers.mjs";

/** What a page has fetched of scripts and styles by the time that the diagram's drawing is there. */
export const firstScript = {
  what: "page, scripts and styles that are there before the diagram can draw, the worker's not counted: bytes by gzip -9",
  browsers: ["chromium"],
  once: true,
  async run({ browser, url, dist, log }) {
    const names = ["index.html", ...(await fetchedBeforeDrawing(browser, url))];
    const sizes = names.map((name) => gzipSync(readFileSync(path.join(dist, name)), { level: 9 }).length);
    log(names.map((name, index) => `${name} ${sizes[index]}`).join(", "));
    return { gzip: sizes.reduce((sum, size) => sum + size, 0), files: names.length };
  },
};

async function fetchedBeforeDrawing(browser, url) {
  const profile = newProfile(browser);
  try {
    const page = await profile.open();
    await page.goto(`${url}?storage=memory&cluster=bench`, noteDrawing);
    const fetched = await page.evaluate(() => globalThis.drawing);
    await page.close();
    return fetched.map((address) => new URL(address).pathname.slice(1));
  } finally {
    await profile.remove();
  }
}

/** In the page, before its own scripts: the addresses, once the drawing is there. */
function noteDrawing() {
  globalThis.drawing = new Promise((resolve) => {
    const look = () => {
      if (document.querySelector("svg.drawing") === null) {
        return false;
      }
      const fetched = performance.getEntriesByType("resource").map(({ name }) => name);
      // A worker's script is not the page's.
      resolve(fetched.filter((name) => /\.(js|css)$/.test(name) && !globalThis.workers.has(name)));
      return true;
    };
    const observer = new MutationObserver(() => look() && observer.disconnect());
    observer.observe(document, { childList: true, subtree: true });
  });
  globalThis.workers = new Set();
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      globalThis.workers.add(new URL(options[0], document.baseURI).href);
    }
  };
}
