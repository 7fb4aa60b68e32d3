/** The page as one file, opened from a disk, in each browser: nothing is asked of any network. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BROWSERS, newProfile } from "./drivers/drivers.mjs";
import { BOOT_TIMEOUT, manifest, newCluster } from "./harness.mjs";

const FILE =
  process.env.SINGLE ?? fileURLToPath(new URL("../../.cache/single/tabernetes.html", import.meta.url));
const REPLICAS = 3;
/** Milliseconds that a page has to close itself. */
const END_TIMEOUT = 5000;

/** In the page: what its policy has refused, from now on. */
function watch() {
  globalThis.refused = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    globalThis.refused.push(`${violatedDirective} ${blockedURI}`),
  );
}

/** In the page: everything that it has asked for, and all that was refused. A blob is part of the page. */
function requests() {
  const asked = performance.getEntriesByType("resource").map(({ name }) => name);
  return [...asked.filter((address) => !address.startsWith("blob:")), ...globalThis.refused];
}

/** In the page: the control plane runs. */
async function untilReady() {
  while (window.tabernetes === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await window.tabernetes.ready;
}

/** In the page: the seed's rollout, and the pods after it. */
async function rollOut(manifests) {
  const { tabernetes } = window;
  for (const yaml of manifests) {
    await tabernetes.apply(yaml);
    await tabernetes.clock.skip({ settled: true });
  }
  const { items } = await (await tabernetes.fetch("/api/v1/namespaces/default/pods")).json();
  return items.map(({ spec, status }) => `${status.phase} ${spec.containers[0].image.split(":").at(-1)}`);
}

/** In the page: the title of the lesson once its first step is under way. */
async function openedLesson() {
  for (;;) {
    const step = document.querySelector('.step[data-step="apply"][data-progress="open"]');
    if (step !== null) {
      return document.querySelector(".lessons h2")?.textContent;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const address = (query) => {
  const url = pathToFileURL(FILE);
  url.search = new URLSearchParams({ lang: "en", ...query });
  return url.href;
};

for (const browser of BROWSERS) {
  const profile = newProfile(browser);
  let page;
  after(async () => {
    // A page that does not answer ends with its browser.
    await Promise.race([page?.close(), sleep(END_TIMEOUT)]);
    await profile.remove();
  });

  test(`${browser}: the seed rolls out, kubectl answers and a lesson opens, from file://`, {
    timeout: 2 * BOOT_TIMEOUT,
  }, async () => {
    page = await profile.open();
    const left = [];
    page.native?.on("request", (request) => left.push(request.url()));
    await page.goto(address({ cluster: newCluster(), rate: "10" }), watch);
    await page.evaluate(untilReady);
    const manifests = [manifest({ replicas: REPLICAS }), manifest({ replicas: REPLICAS, tag: "v2" })];
    assert.deepEqual(await page.evaluate(rollOut, manifests), Array(REPLICAS).fill("Running v2"));
    const counted = await page.evaluate(() => window.tabernetes.run("kubectl get pods -o name | wc -l"));
    assert.equal(counted.stdout.trim(), String(REPLICAS));
    assert.deepEqual(await page.evaluate(requests), []);

    await page.goto(address({ lesson: "rolling-update", cluster: newCluster() }), watch);
    assert.equal(await page.evaluate(openedLesson), "A rolling update, watched from inside");
    assert.deepEqual(await page.evaluate(requests), []);
    assert.deepEqual(
      left.filter((url) => !/^(file|blob|data):/.test(url)),
      [],
    );
  });
}

test("the file says how it may be used, and neither a link nor a part of it leads out", async () => {
  const profile = newProfile("chromium");
  const page = await profile.open();
  try {
    await page.goto(address({ storage: "memory" }), watch);
    await page.native.getByRole("button", { name: "About" }).click();
    await page.native.getByText("This page is one file").waitFor();
    assert.ok(await page.native.getByRole("button", { name: "Share" }).isHidden());
    const [saved] = await Promise.all([
      page.native.waitForEvent("download"),
      page.native.getByRole("link", { name: "Licences of all parts" }).click(),
    ]);
    assert.equal(saved.suggestedFilename(), "licences.txt");
    assert.equal(await page.evaluate(() => document.querySelector("script[data-file]")), null);
    assert.deepEqual(await page.evaluate(requests), []);
    await assert.rejects(
      page.evaluate(() => fetch("https://example.invalid/")),
      /Failed to fetch/,
    );
    assert.equal((await page.evaluate(() => globalThis.refused)).length, 1);
  } finally {
    await page.close();
    await profile.remove();
  }
});
