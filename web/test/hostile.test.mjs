/**
 * Hostile lessons in three browsers: what goldmark would leave out, given to the page's
 * sanitiser as it is, in a page without any policy. The corpus is that of the renderer's
 * tests (lessons/safe_test.go).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { BROWSERS, newProfile } from "./drivers/drivers.mjs";
import { serveStatic } from "./static.mjs";

const LIMIT = { timeout: 60_000 };
const CORPUS = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../lessons/testdata/hostile.json", import.meta.url)), "utf8"),
);

const ELEMENTS =
  "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd pre code kbd samp em strong b i del sub sup blockquote hr br a img figure figcaption table caption thead tbody tr th td details summary article header section aside div span".split(
    " ",
  );
const ATTRIBUTES =
  "id aria-labelledby href target rel src class lang title alt colspan rowspan scope start open width height align data-step data-kind data-file data-apply data-block data-id".split(
    " ",
  );

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>A lesson</title><link rel="icon" href="data:,"><div id="page"></div><script src="sanitize.js"></script>';

let site;
const requests = [];

before(async () => {
  const bundle = await esbuild.build({
    absWorkingDir: fileURLToPath(new URL("../", import.meta.url)),
    entryPoints: ["src/lessons/sanitize.ts"],
    bundle: true,
    format: "iife",
    globalName: "lessons",
    write: false,
  });
  const files = { "/hostile.html": PAGE, "/sanitize.js": bundle.outputFiles[0].text };
  site = await serveStatic({
    answer(path, _request, response) {
      if (path in files) {
        const type = path.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
        response.writeHead(200, { "Content-Type": type }).end(files[path]);
        return true;
      }
      requests.push(path);
      return false;
    },
  });
});
after(() => site?.close());

/** In the page: puts every text of the corpus into it, and tells what came of it. */
async function show({ corpus, elements, attributes }) {
  const faults = [];
  const globals = ["alert", "location", "self", "top", "tabernetes", "earlyWorker", "hasOwnProperty"];
  const before = globals.map((name) => typeof window[name]);
  let entry = "";
  const fault = (what) => faults.push(`${entry.slice(0, 200)}: ${what}`);
  window.alert = () => fault("a script ran");
  window.addEventListener("error", ({ message }) => fault(message));
  const owns = Object.getOwnPropertyNames(document).length;
  const place = document.getElementById("page");
  for (entry of corpus) {
    const article = document.createElement("div");
    article.append(lessons.sanitize(entry, `${location.origin}/lessons/a/lesson.en.html`));
    place.append(article);
    // What a parser makes of it the second time, as when somebody copies it.
    const again = document.createElement("div");
    again.innerHTML = article.innerHTML;
    place.append(again);
    for (const element of [...article.querySelectorAll("*"), ...again.querySelectorAll("*")]) {
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml" || !elements.includes(element.localName)) {
        fault(`element ${element.localName}`);
      }
      for (const { name, value } of element.attributes) {
        if (!attributes.includes(name)) {
          fault(`attribute ${name}`);
        }
        if (name === "id" && !value.startsWith("lesson-")) {
          fault(`id ${value}`);
        }
        const isHarmless = value.startsWith("#lesson-") || /^(?:https?:\/\/[^/]|mailto:)/.test(value);
        if (name === "href" && !isHarmless) {
          fault(`link to ${value}`);
        }
        if (name === "src" && !value.startsWith(`${location.origin}/`)) {
          fault(`image ${value}`);
        }
      }
      element.click();
    }
    // Handlers of errors run in a later task.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  entry = "all";
  globals.forEach((name, index) => {
    if (typeof window[name] !== before[index]) {
      fault(`window.${name} is another one`);
    }
  });
  if (document.getElementById("page") !== place || Object.getOwnPropertyNames(document).length !== owns) {
    fault("the document has names that it had not");
  }
  const foreign = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(`${location.origin}/`) && !name.startsWith("data:"));
  return { faults, foreign, href: location.href, text: place.textContent };
}

for (const browser of BROWSERS) {
  let page;
  const profile = newProfile(browser);
  after(async () => {
    await page?.close();
    await profile.remove();
  });

  test(
    `${browser}: nothing of ${CORPUS.length} hostile texts runs, loads or takes a name`,
    LIMIT,
    async () => {
      page = await profile.open();
      const address = `${site.url}hostile.html`;
      await page.goto(address);
      // Links are clicked, and lead nowhere.
      await page.evaluate(() => {
        document.addEventListener("click", (event) => event.preventDefault(), true);
      });
      const { faults, foreign, href, text } = await page.evaluate(show, {
        corpus: CORPUS,
        elements: ELEMENTS,
        attributes: ATTRIBUTES,
      });
      assert.deepEqual(faults, []);
      assert.deepEqual(foreign, []);
      assert.equal(href, address);
      // The words around what is left out are there.
      assert.match(text, /text\s+text/);
    },
  );
}

test("the site was asked for nothing but images of its own", () => {
  assert.deepEqual(
    requests.filter((path) => !/^\/lessons\/a\/[^/]*$|^\/favicon\.ico$/.test(path)),
    [],
  );
});
