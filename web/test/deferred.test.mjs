/** What happens when a function is called that is not in the part of its module which a page loads (wasm/split). */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./drivers/chromium.mjs";
import { apply, get, manifest, missedFunctions, openPage, settle, untilReady } from "./harness.mjs";
import { serveStatic } from "./static.mjs";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const DEFERRED = "/controlplane.deferred.wasm";
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}`;

/** A site of .cache whose deferred parts a test can replace, and which it can take away. */
async function serve(name) {
  const folder = path.join(cache, name);
  const state = { url: "", asked: 0, gone: false, replace: undefined };
  // As the site packs it: Chromium keeps no file of 75 MB in its cache.
  const bytes = gzipSync(readFileSync(path.join(folder, DEFERRED)), { level: 1 });
  const packed = (response) => {
    response.setHeader("Content-Encoding", "gzip");
    response.setHeader("Content-Type", "application/wasm");
    response.setHeader("Cache-Control", "max-age=3600, immutable");
    response.end(bytes);
    return true;
  };
  const site = await serveStatic({
    folder,
    headers: { "Cache-Control": "max-age=3600, immutable" },
    answer(pathname, request, response) {
      if (state.gone) {
        request.socket.destroy();
        return true;
      }
      if (pathname === DEFERRED) {
        state.asked++;
        return (state.replace ?? packed)(response);
      }
      return false;
    },
  });
  after(() => site.close());
  return Object.assign(state, { url: site.url, file: () => readFileSync(path.join(folder, DEFERRED)) });
}

/** Answers with bytes. */
const give = (bytes) => (response) => {
  response.writeHead(200, { "Content-Type": "application/wasm", "Cache-Control": "no-store" }).end(bytes);
  return true;
};

const notFound = (response) => {
  response.writeHead(404).end();
  return true;
};

const KUBECTL_DEFERRED = /kubectl\.deferred\.wasm/;
const abort = (route) => route.abort();

const waits = (page) => page.locator(".status-missing");

/** A cluster whose memory was restored may be ready while it waits for what comes next. */
const noLongerWaits = (page) =>
  page.waitForFunction(() => document.querySelector(".status-missing")?.textContent === "");

test("a start, the seed's rollout and kubectl call nothing that is not there", async () => {
  // From the image of a ready cluster, and from that of one that is built.
  for (const query of [{}, { nodes: "2" }]) {
    const page = await openPage({ rate: "10", ...query });
    await apply(page, manifest({ replicas: 3 }));
    await settle(page);
    await apply(page, manifest({ replicas: 3, tag: "v2" }));
    await settle(page);
    for (const kind of ["nodes", "pods"]) {
      await page.evaluate((kind) => window.tabernetes.kubectl(["get", kind]), kind);
    }
    assert.deepEqual(
      await missedFunctions(page),
      [],
      'this is called, and what it calls: make profile MERGE=1 ONLY="page kubectl" finds it out',
    );
    await page.close();
  }
});

test("without an image a cluster starts from its beginning, for which the part is fetched", async () => {
  const page = await openPage({ rate: "10" }, { routes: [[/\.image/, abort]] });
  await apply(page, manifest({ replicas: 3 }));
  await settle(page);
  assert.equal((await get(page, "/api/v1/namespaces/default/pods")).items.length, 3);
  assert.equal((await missedFunctions(page)).length, 1);
  assert.equal(await waits(page).textContent(), "");
  await page.close();
});

test("with every tenth function missing a cluster starts, rolls out, is stored and comes back", async () => {
  const { url } = await serve("poor");
  const page = await openPage({ rate: "10", storage: "indexeddb" }, { url });
  await apply(page, manifest({ replicas: 3 }));
  await settle(page);
  const { stdout } = await page.evaluate(() => window.tabernetes.kubectl(["get", "deployments"]));
  assert.match(stdout, /image-deployment +3\/3/);
  const missed = await missedFunctions(page);
  assert.ok(
    missed.some((name) => name.startsWith("controlplane: ")) &&
      missed.some((name) => name.startsWith("kubectl: ")),
  );
  assert.equal(await waits(page).textContent(), "");
  // The last changes are written within moments of the commit.
  await page.waitForTimeout(2000);
  await page.reload();
  await untilReady(page);
  assert.equal((await get(page, "/api/v1/namespaces/default/pods")).items.length, 3);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("a start waits for a part that does not come, comes by halves, altered or of another build, and says so", async () => {
  const served = await serve("poor");
  const whole = served.file();
  const altered = Buffer.from(whole);
  altered[whole.length - 1000] ^= 1;
  const other = readFileSync(path.join(cache, "lacking", DEFERRED));
  for (const [replace, says] of [
    [notFound, /cannot be fetched/],
    [give(whole.subarray(0, whole.length / 2)), /damaged, or the site has a newer version/],
    [give(altered), /damaged/],
    [give(other), /damaged/],
  ]) {
    served.replace = replace;
    const page = await openPage({}, { url: served.url, wait: false });
    await page.locator(".status-missing", { hasText: says }).waitFor({ timeout: 60_000 });
    served.replace = undefined;
    await untilReady(page);
    await noLongerWaits(page);
    await page.close();
  }
});

test("with the server gone a first-time call waits, time stands, and both go on when it is back", async () => {
  const served = await serve("lacking");
  const page = await openPage({ rate: "10", lang: "zh" }, { url: served.url });
  await apply(page, SERVICE);
  assert.equal(served.asked, 0);
  served.gone = true;
  const started = page.evaluate(() => window.tabernetes.traffic.start("web", 10));
  await page.locator(".status-missing", { hasText: "无法获取 Kubernetes 的一部分" }).waitFor();
  const now = () => page.evaluate(() => window.tabernetes.clock.now().getTime());
  const stood = await now();
  const applied = apply(page, SERVICE.replace("web", "later"));
  await page.waitForTimeout(1500);
  assert.equal(await now(), stood);
  served.gone = false;
  await started;
  await applied;
  assert.equal(await waits(page).textContent(), "");
  await page.waitForFunction((stood) => window.tabernetes.clock.now().getTime() > stood, stood);
  assert.deepEqual(
    (await page.evaluate(() => window.tabernetes.traffic.all())).map(({ service }) => service),
    ["default/web"],
  );
  await page.close();
});

test("while kubectl waits for its part the cluster's time stands", async () => {
  const served = await serve("poor");
  const page = await openPage({ rate: "10" }, { url: served.url, routes: [[KUBECTL_DEFERRED, abort]] });
  const command = page.evaluate(() => window.tabernetes.kubectl(["get", "nodes"]));
  await page.locator(".status-missing", { hasText: /cannot be fetched/ }).waitFor();
  const now = () => page.evaluate(() => window.tabernetes.clock.now().getTime());
  const stood = await now();
  await page.waitForTimeout(1500);
  assert.equal(await now(), stood);
  await page.unroute(KUBECTL_DEFERRED);
  assert.match((await command).stdout, /node-1 +Ready/);
  await page.close();
});

/** A browser with a profile of its own: another's cache is in memory, and too small. */
async function withCache() {
  const profile = mkdtempSync(path.join(os.tmpdir(), "tabernetes-deferred-"));
  after(() => rmSync(profile, { recursive: true, force: true }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: ["--no-sandbox"],
  });
  after(() => context.close());
  return context;
}

/** In the page, before its own scripts: no program drives it. */
function asForPerson() {
  Object.defineProperty(navigator, "webdriver", { get: () => undefined });
}

test("what is not needed yet is fetched when the page has been quiet, and then works without a server", async () => {
  const served = await serve("lacking");
  const context = await withCache();
  const page = await openPage({}, { context, url: served.url, before: asForPerson });
  await apply(page, SERVICE);
  for (let waited = 0; served.asked === 0; waited++) {
    assert.ok(waited < 60, "the deferred part was not asked for");
    await page.waitForTimeout(1000);
  }
  await page.waitForFunction(() => localStorage.getItem("tabernetes:ahead.controlplane") !== null);
  served.gone = true;
  await page.evaluate(() => window.tabernetes.traffic.start("web", 10));
  assert.equal(served.asked, 1);
  assert.equal((await missedFunctions(page)).length, 1);
  await context.close();
});

test("who saves data fetches nothing ahead", async () => {
  const served = await serve("lacking");
  const page = await openPage(
    {},
    {
      url: served.url,
      before: () => {
        Object.defineProperty(navigator, "webdriver", { get: () => undefined });
        Object.defineProperty(navigator, "connection", { get: () => ({ saveData: true }) });
      },
    },
  );
  await page.waitForTimeout(25_000);
  assert.equal(served.asked, 0);
  await page.close();
});
