/** The site kept for use without a network, in Chromium: new versions, several tabs, lessons, and where it cannot be kept. One context for what comes of a deploy. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { nextBuild, serveDeployments } from "./deployments.mjs";
import {
  apply,
  BOOT_TIMEOUT,
  get,
  manifest,
  newCluster,
  openPage,
  prefixWorker,
  settle,
  untilReady,
} from "./harness.mjs";

const NEWER = "A new version of this page is ready. Your clusters stay as they are.";

const status = (page, text) => page.locator(".status-line").getByText(text);
const offer = (page) => page.locator(".notice").getByText(NEWER);
const renew = (page) => page.getByRole("button", { name: "Reload to use it" });
const keepButton = (page) => page.getByRole("button", { name: "Keep for use without a network" });
const language = (page) => page.locator(".header-actions select");
const buildOf = (page) => page.evaluate(() => document.documentElement.dataset.build);
const keptBuilds = (page) =>
  page.evaluate(async () => (await caches.keys()).map((name) => name.split(" ").at(-1)).sort());

/** Tells how many running pods there are of an image's tag once the seed's Deployment was rolled out. */
async function rolledOut(page, tag) {
  await apply(page, manifest({ replicas: 3, tag }));
  await settle(page);
  const { items } = await get(page, "/api/v1/namespaces/default/pods");
  return items.filter(
    ({ status: { phase }, spec }) => phase === "Running" && spec.containers[0].image.endsWith(`:${tag}`),
  ).length;
}

/** A test waits for what may never come. */
const LIMIT = { timeout: BOOT_TIMEOUT };

let site;
let next;
let page;
let first;

before(async () => {
  site = await serveDeployments();
  next = await nextBuild("next");
});
after(async () => {
  await page?.context().close();
  next?.remove();
  site?.close();
});

test("where there is too little room the page says so, and keeps the site when there is", async () => {
  page = await openPage({ rate: "10" }, { url: site.url });
  first = await buildOf(page);
  const narrow = "navigator.storage.estimate = async () => ({ usage: 0, quota: 2e8 });";
  await prefixWorker(page.context(), narrow, "keeper.js");
  await keepButton(page).click();
  await status(page, "This browser has too little room").waitFor();
  assert.deepEqual(await keptBuilds(page), []);
  await page.context().unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await status(page, "Ready to use without a network").waitFor({ timeout: BOOT_TIMEOUT });
  assert.deepEqual(await keptBuilds(page), [first, "current"].sort());
});

test("an open page goes on to work when a deploy has taken its files away", async () => {
  site.folder = next.folder;
  site.asked.length = 0;
  // A part of the page, and another worker with its module.
  await language(page).selectOption("zh");
  await page.getByRole("button", { name: "哪些是真的？" }).waitFor();
  await language(page).selectOption("en");
  const { code } = await page.evaluate(() => window.tabernetes.kubectl(["get", "pods"]));
  assert.equal(code, 0);
  assert.equal(await rolledOut(page, "v1"), 3);
  // What only the deferred part of the control plane can answer; see wasm/split.
  const metrics = await page.evaluate(async () => (await window.tabernetes.fetch("/metrics")).status);
  assert.equal(metrics, 200);
  const missed = await page.evaluate(() => globalThis.missed.map(({ module }) => module));
  assert.ok(missed.includes("controlplane"), "the deferred part was needed");
  assert.deepEqual(
    // A control plane that has started before the site was kept asks that first.
    site.asked.filter((path) => !["/sw.js", "/controlplane.deferred.wasm"].includes(path)),
    [],
    "nothing else of it was asked of the site",
  );
});

test("the page can be installed, under a name of its language", async () => {
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // Playwright's contexts are such.
  assert.deepEqual(
    installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"),
    [],
  );
  for (const [tag, name] of [
    ["zh", "Tabernetes：浏览器标签页里的 Kubernetes"],
    ["en", "Tabernetes: Kubernetes in a browser tab"],
  ]) {
    await language(page).selectOption(tag);
    await page.waitForFunction((tag) => document.documentElement.lang.startsWith(tag), tag);
    const { errors, data } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    assert.equal(JSON.parse(data).name, name);
  }
});

test("without a network the page that was kept starts, and the seed rolls out", async () => {
  site.isOff = true;
  await page.reload();
  await untilReady(page);
  assert.equal(await buildOf(page), first);
  assert.equal(await rolledOut(page, "v1"), 3);
  assert.equal(await rolledOut(page, "v2"), 3);
  assert.deepEqual(page.faults, []);
});

test("a new version is offered, but neither in the middle of a lesson nor while another tab is", async () => {
  site.isOff = false;
  await page.reload();
  await untilReady(page);
  assert.equal(await buildOf(page), first, "nobody has agreed yet");
  await offer(page).waitFor({ timeout: BOOT_TIMEOUT });

  const lesson = await openPage(
    { cluster: newCluster(), storage: "indexeddb", lesson: "undo" },
    { url: site.url, context: page.context() },
  );
  await status(lesson, "it waits until the lesson is over").waitFor({ timeout: BOOT_TIMEOUT });
  assert.equal(await offer(lesson).count(), 0);
  assert.equal(await buildOf(lesson), first);

  await renew(page).click();
  await status(page, "it waits for the lesson in another tab").waitFor();
  assert.equal(await offer(page).count(), 0);
  await lesson.close();
  await offer(page).waitFor();
  assert.equal(await buildOf(page), first);
});

test(
  "a learner who agrees gets the new version, and the old one goes when no page of it is open",
  LIMIT,
  async () => {
    const old = await openPage({ lang: "en" }, { url: site.url, context: page.context(), wait: false });
    await offer(old).waitFor({ timeout: BOOT_TIMEOUT });
    await renew(page).click();
    await page.waitForFunction((build) => document.documentElement.dataset.build === build, next.build);
    await untilReady(page);
    await status(page, "Ready to use without a network").waitFor();
    assert.equal(await rolledOut(page, "v1"), 3);
    // The old page's files stay while it is open.
    await page.reload();
    await untilReady(page);
    site.asked.length = 0;
    await page.mouse.move(1, 1);
    while (!site.asked.includes("/files.json")) {
      await page.waitForTimeout(100);
    }
    await page.waitForTimeout(1000);
    assert.deepEqual(await keptBuilds(page), [first, next.build, "current"].sort());
    await language(old).selectOption("zh");
    await old.getByRole("button", { name: "哪些是真的？" }).waitFor();
    await old.close();
    await page.reload();
    while ((await keptBuilds(page)).includes(first)) {
      await page.waitForTimeout(100);
    }
    assert.deepEqual(await keptBuilds(page), [next.build, "current"].sort());
    assert.deepEqual(page.faults, []);
  },
);

test("a host that calls the service worker something else has a page without it, which says so", async () => {
  const host = await serveDeployments((pathname, _, response) => {
    if (pathname !== "/sw.js") {
      return false;
    }
    response.writeHead(200, { "Content-Type": "text/plain" }).end("");
    return true;
  });
  const other = await openPage({ rate: "10" }, { url: host.url });
  await keepButton(other).click();
  await status(other, "The site could not be kept").waitFor();
  assert.deepEqual(await keptBuilds(other), []);
  assert.equal(await rolledOut(other, "v1"), 3);
  assert.deepEqual(other.faults, []);
  await other.close();
  host.close();
});
