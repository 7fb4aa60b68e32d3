/**
 * What the browser tests share: one site, one Chromium, a fresh context for each
 * page, and a watch over what no page may do.
 */
import { spawnSync } from "node:child_process";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./drivers/chromium.mjs";
import { serveStatic } from "./static.mjs";

/**
 * A test's page lives for seconds, in which V8's optimising compiler takes more time
 * of two processors than it gives back: a start takes 7 s without it and 17 s with it.
 * The benchmarks and the kill loop run Chromium as it is.
 */
const FLAGS = [
  "--no-sandbox",
  "--js-flags=--liftoff-only",
  "--host-resolver-rules=MAP class.example 127.0.0.1",
];

/** A name of this machine that browsers do not know to be loopback, as an address in a classroom. */
export const CLASS_HOST = "class.example";

/** Host milliseconds that a control plane may take to start on a busy machine. */
export const BOOT_TIMEOUT = 120_000;

let site;
let browser;

async function start() {
  site ??= process.env.SITE === undefined ? await serveStatic() : { url: process.env.SITE, close() {} };
  browser ??= await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

after(async () => {
  await browser?.close();
  site?.close();
});

let clusters = 0;

/** A name that no other test's cluster has. */
export function newCluster() {
  return `test-${process.pid}-${++clusters}`;
}

/**
 * Opens the page. `wait: false` does not wait for the control plane. The page's
 * `faults` collect policy violations, uncaught errors and requests that leave
 * the site: `assert.deepEqual(page.faults, [])` at the end of a test. `url` is that of
 * another site than all have, and `origins` are those that it may talk to besides its
 * own; `before` runs in the page before its own scripts, and
 * `routes` answer requests in place of the site, as Playwright's do.
 */
export async function openPage(
  query = {},
  { wait = true, context, viewport, url, origins = [], before, routes = [], ...options } = {},
) {
  await start();
  const address = url ?? site.url;
  const owner =
    context ?? (await browser.newContext({ viewport: viewport ?? { width: 1366, height: 768 }, ...options }));
  const page = await owner.newPage();
  const faults = [];
  const allowed = [new URL(address).origin, ...origins];
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) {
      faults.push(message.text());
    }
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "blob:" && !allowed.includes(origin)) {
      faults.push(`request to ${request.url()}`);
    }
  });
  const search = new URLSearchParams({ cluster: newCluster(), storage: "memory", lang: "en", ...query });
  await page.addInitScript(noteMissing);
  if (before !== undefined) {
    await page.addInitScript(before);
  }
  for (const [pattern, answer] of routes) {
    await page.route(pattern, answer);
  }
  await page.goto(`${address}?${search}`);
  if (wait) {
    await untilReady(page);
  }
  return Object.assign(page, {
    faults,
    close: () => (context === undefined ? owner.close() : page.constructor.prototype.close.call(page)),
  });
}

/** Waits until the controllers of a page run that was opened or loaded again. The page's API is there a little after its load event. */
export async function untilReady(page) {
  await page.waitForFunction(() => window.tabernetes !== undefined);
  await withTimeout(
    page.evaluate(() => window.tabernetes.ready),
    BOOT_TIMEOUT,
    "the control plane is ready",
  );
}

/** In the page, before its own scripts: notes what a worker has called that was not there. */
function noteMissing() {
  const { Worker } = globalThis;
  globalThis.missed = [];
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data?.type === "missing" && data.state === "fetching") {
          const module = String(options[0]).includes("kubectl") ? "kubectl" : "controlplane";
          globalThis.missed.push({ module, slot: data.slot });
        }
      });
    }
  };
}

/**
 * The functions that the page's modules have called and that were not there (wasm/split),
 * of each module the first: all others come with it.
 */
export async function missedFunctions(page) {
  const names = [];
  for (const { module, slot } of await page.evaluate(() => globalThis.missed)) {
    const compacted = fileURLToPath(new URL(`../../.cache/${module}.compacted`, import.meta.url));
    const program = fileURLToPath(new URL("../../bin/split", import.meta.url));
    const { stdout, stderr } = spawnSync(program, ["names", compacted, String(slot)], { encoding: "utf8" });
    names.push(`${module}: ${stdout.trim() || stderr}`);
  }
  return names;
}

function withTimeout(promise, milliseconds, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out waiting until ${what}`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs a script in a worker before its own, that of the control plane unless another is named, in every page of the context from now on. */
export async function prefixWorker(context, script, worker = "worker.js") {
  await context.route(new RegExp(`/${worker}\\?`), async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });
}

/** GETs a path of the API and returns the object. */
export function get(page, path) {
  return page.evaluate(async (path) => {
    const response = await window.tabernetes.fetch(path, { headers: { Accept: "application/json" } });
    return response.json();
  }, path);
}

export function apply(page, yaml) {
  return page.evaluate((yaml) => window.tabernetes.apply(yaml), yaml);
}

/** Lets cluster time pass without waiting, until nothing is left to happen. */
export function settle(page) {
  return page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
}

/** Where an element is drawn. What is drawn anew with a frame is for a moment nowhere: then it is asked again. */
export async function placeOf(locator) {
  for (;;) {
    const box = await locator.boundingBox();
    if (box !== null) {
      return box;
    }
  }
}

/** Where an element comes to rest. */
export async function restingPlaceOf(locator) {
  for (let before = await placeOf(locator); ; ) {
    await locator.page().waitForTimeout(100);
    const now = await placeOf(locator);
    if (now.x === before.x && now.y === before.y) {
      return now;
    }
    before = now;
  }
}

/** Puts the text into the editor as if it were typed in one go. */
export async function typeYaml(page, yaml) {
  await page.getByRole("textbox", { name: "YAML editor" }).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(yaml);
}

/** The manifest of the walk-through with other replicas and another image tag. */
export function manifest({ replicas = 1, tag = "v1", extra = "" } = {}) {
  return `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: image-deployment
spec:
  replicas: ${replicas}
${extra}  template:
    metadata:
      labels:
        app: image-update
    spec:
      containers:
      - name: nginx
        image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:${tag}
        imagePullPolicy: Always
`;
}
