/** What must work in every browser: a start, the walk-through's rollout, kubectl, and a reload. One page for all. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { newProfile } from "./drivers/drivers.mjs";
import { BOOT_TIMEOUT, CLASS_HOST, manifest, newCluster } from "./harness.mjs";
import { serveStatic } from "./static.mjs";

const POOR = fileURLToPath(new URL("../../.cache/poor", import.meta.url));
const REPLICAS = 3;
/** Each test waits for what may never come in a browser that does not work. */
const LIMIT = { timeout: BOOT_TIMEOUT };

/** In the page: the control plane runs. */
export async function untilReady() {
  while (window.tabernetes === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await window.tabernetes.ready;
}

/** In the page: applies a manifest, skips the time until all is done, and tells of the pods. */
async function rollOut(yaml) {
  const { tabernetes } = window;
  await tabernetes.apply(yaml);
  await tabernetes.clock.skip({ settled: true });
  const { items } = await (await tabernetes.fetch("/api/v1/namespaces/default/pods")).json();
  return items.map(({ metadata, spec, status }) => ({
    uid: metadata.uid,
    phase: status.phase,
    tag: spec.containers[0].image.split(":").at(-1),
  }));
}

/** In the page: how many pods of the diagram are ready, once there are as many as wanted. */
async function drawnPods(wanted) {
  for (;;) {
    const { length } = document.querySelectorAll("[data-type=pod].state-ready");
    if (length >= wanted) {
      return length;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** In the page: the origins of all that it has asked for. */
export function origins() {
  const addresses = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  return [...new Set(addresses.filter(({ protocol }) => protocol !== "blob:").map(({ origin }) => origin))];
}

/**
 * Declares the tests of one browser: of the built site, of one whose modules lack every
 * tenth function that they call, all of which must come while they run, or of one that
 * another program serves, and where.
 */
export function testVisit(
  browser,
  { poor = false, where = poor && "where functions are missing", serve } = {},
) {
  const name = where ? `${browser}, ${where}` : browser;
  let site;
  let profile;
  let page;
  let pods;

  before(async () => {
    const own = process.env.SITE === undefined || poor;
    serve ??= () => (own ? serveStatic(poor ? { folder: POOR } : {}) : { url: process.env.SITE, close() {} });
    site = await serve();
    profile = newProfile(browser, site);
    page = await profile.open();
  });
  after(async () => {
    await page?.close();
    await profile?.remove();
    site?.close();
  });

  test(`${name}: the control plane starts`, LIMIT, async () => {
    const search = new URLSearchParams({
      cluster: newCluster(),
      storage: "indexeddb",
      lang: "en",
      rate: "10",
    });
    await page.goto(`${site.url}?${search}`);
    await page.evaluate(untilReady);
    assert.match(await page.evaluate(() => window.tabernetes.version.kubernetes), /^v1\./);
    assert.equal(await page.evaluate(() => isSecureContext), new URL(site.url).hostname !== CLASS_HOST);
  });

  test(`${name}: the walk-through's Deployment rolls out and is drawn`, LIMIT, async () => {
    const first = await page.evaluate(rollOut, manifest({ replicas: REPLICAS }));
    assert.deepEqual(
      first.map(({ phase, tag }) => `${phase} ${tag}`),
      Array(REPLICAS).fill("Running v1"),
    );
    pods = await page.evaluate(rollOut, manifest({ replicas: REPLICAS, tag: "v2" }));
    assert.deepEqual(
      pods.map(({ phase, tag }) => `${phase} ${tag}`),
      Array(REPLICAS).fill("Running v2"),
    );
    assert.equal(new Set([...first, ...pods].map(({ uid }) => uid)).size, 2 * REPLICAS);
    assert.equal(await page.evaluate(drawnPods, REPLICAS), REPLICAS);
  });

  test(`${name}: kubectl answers, alone and in the shell`, LIMIT, async () => {
    const status = await page.evaluate(() =>
      window.tabernetes.kubectl(["rollout", "status", "deploy/image-deployment"]),
    );
    assert.deepEqual(status, {
      code: 0,
      stdout: 'deployment "image-deployment" successfully rolled out\n',
      stderr: "",
    });
    const counted = await page.evaluate(() => window.tabernetes.run("kubectl get pods -o name | wc -l"));
    assert.equal(counted.stdout.trim(), String(REPLICAS));
  });

  test(`${name}: the cluster is there again after a reload`, LIMIT, async () => {
    // The last changes are written within moments of the commit.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
    await page.reload();
    await page.evaluate(untilReady);
    const { items } = await page.evaluate(async () =>
      (await window.tabernetes.fetch("/api/v1/namespaces/default/pods")).json(),
    );
    assert.deepEqual(items.map(({ metadata }) => metadata.uid).sort(), pods.map(({ uid }) => uid).sort());
    assert.equal(await page.evaluate(drawnPods, REPLICAS), REPLICAS);
    assert.deepEqual(await page.evaluate(origins), [new URL(site.url).origin]);
  });
}
