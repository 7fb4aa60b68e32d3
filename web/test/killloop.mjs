/**
 * Kills Chromium at random moments of a busy rollout and looks at what is left
 * of the cluster: every time it must be consistent, have every change that was
 * acknowledged more than 250 ms before, and complete its rollout.
 *
 *   node test/killloop.mjs [--runs 50] [--seed N]
 *
 * A seed makes the moments of all runs; a failing run prints its own, with which
 * it runs alone (--runs 1).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./drivers/chromium.mjs";
import { serveStatic } from "./static.mjs";

/** What may be lost, in milliseconds of host time before the kill. */
const UNWRITTEN = 250;
/** Host time within which a run is killed, from its first change on. */
const WITHIN = 6000;
const REPLICAS = 12;
const CLUSTER = "killed";

/** A Chromium with a profile of its own, all of whose processes are one group. */
class Browser {
  #process;
  #connection;

  static async start(profile) {
    const browser = new Browser();
    const flags = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ];
    browser.#process = spawn(EXECUTABLE, flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    // A loop that is ended from outside leaves no browser behind.
    const { pid } = browser.#process;
    const end = () => process.kill(-pid, "SIGKILL");
    process.once("exit", end);
    browser.#process.once("exit", () => process.off("exit", end));
    const address = await new Promise((resolve, reject) => {
      let text = "";
      browser.#process.stderr.on("data", (data) => {
        text += data;
        const found = /DevTools listening on (ws:\S+)/.exec(text);
        if (found !== null) {
          resolve(found[1]);
        }
      });
      browser.#process.on("error", reject);
      browser.#process.on("exit", () => reject(new Error(`Chromium did not start: ${text}`)));
    });
    browser.#connection = await chromium.connectOverCDP(address);
    return browser;
  }

  async open(url) {
    const context = this.#connection.contexts()[0];
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    await page.waitForFunction(() => window.tabernetes !== undefined);
    await page.evaluate(() => window.tabernetes.ready);
    return page;
  }

  /** Nothing of it gets a chance to finish anything. */
  async kill() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.on("exit", resolve));
      process.kill(-this.#process.pid, "SIGKILL");
      await ended;
    }
    await this.#connection.close().catch(() => undefined);
  }
}

const manifest = (tag) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: busy}
spec:
  replicas: ${REPLICAS}
  strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}
  selector: {matchLabels: {app: busy}}
  template:
    metadata: {labels: {app: busy}}
    spec: {containers: [{name: web, image: "nginx:${tag}"}]}
`;

/** Rolls out one image after the other, and tells of each change that a watch shows: its revision and the host's time. */
function keepBusy(page, manifests) {
  return page.evaluate(async (manifests) => {
    const follow = async (path) => {
      const response = await window.tabernetes.fetch(`${path}?watch=1`);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        const lines = (text + value).split("\n");
        text = lines.pop();
        for (const line of lines) {
          const { type, object } = JSON.parse(line);
          window.acknowledged({
            revision: Number(object.metadata.resourceVersion),
            uid: object.metadata.uid,
            deleted: type === "DELETED",
            time: Date.now(),
          });
        }
      }
    };
    void follow("/api/v1/pods");
    void follow("/apis/apps/v1/replicasets");
    void follow("/apis/apps/v1/deployments");
    void follow("/api/v1/events");
    await window.tabernetes.apply(manifests[0]);
    const roll = async () => {
      for (let index = 1; ; index++) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await window.tabernetes.apply(manifests[index % manifests.length]);
      }
    };
    void roll();
  }, manifests);
}

/** What is stored, read from the database itself before a control plane touches it. */
function readStored(page, cluster) {
  return page.evaluate(async (cluster) => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await wait(indexedDB.open(`tabernetes/${cluster}`));
    const transaction = database.transaction(["objects", "history", "meta"], "readonly");
    const all = async (name) => {
      const store = transaction.objectStore(name);
      const [keys, values] = await Promise.all([wait(store.getAllKeys()), wait(store.getAll())]);
      return keys.map((at, index) => ({ at, ...values[index] }));
    };
    const [objects, history, state] = await Promise.all([
      all("objects"),
      all("history"),
      wait(transaction.objectStore("meta").get("state")),
    ]);
    database.close();
    // What a change replaced is in the store's encoding, in which texts stand as they are.
    const latin = new TextDecoder("latin1");
    const changes = history.map(({ at, replaced }) => ({
      at,
      replaced: replaced && latin.decode(replaced.encoded),
    }));
    return { objects, history: changes, state };
  }, cluster);
}

/** Is what is stored one moment of the cluster, and has it all that was acknowledged? */
function check({ objects, history, state }, acknowledged, killed) {
  const revisions = history.map(({ at }) => at);
  revisions.forEach((revision, index) => {
    assert.ok(
      index === 0 || revision === revisions[index - 1] + 1,
      `a gap in the history before ${revision}`,
    );
  });
  assert.equal(revisions.at(-1), state.revision, "the history ends at the stored revision");
  for (const { at, revision, object } of objects) {
    assert.ok(revision >= 1 && revision <= state.revision, `${at} is of revision ${revision}`);
    assert.ok(object.kind !== undefined && object.metadata?.uid !== undefined, `${at} is no object`);
  }
  const due = acknowledged.filter(({ time }) => time < killed - UNWRITTEN);
  const last = Math.max(0, ...due.map(({ revision }) => revision));
  assert.ok(
    state.revision >= last,
    `revision ${last} was acknowledged ${killed - due.find(({ revision }) => revision === last)?.time} ms before, revision ${state.revision} is stored`,
  );
  // The newest state of each object that was due is there, or a newer one.
  const stored = new Map(objects.map(({ object, revision }) => [object.metadata.uid, revision]));
  for (const { uid, revision, deleted } of due) {
    if (!deleted && !stored.has(uid)) {
      const deletion = acknowledged.find((other) => other.uid === uid && other.deleted);
      const unseen = history.some(({ at, replaced }) => at > revision && replaced?.includes(uid));
      assert.ok(deletion !== undefined || unseen, `the object ${uid} of revision ${revision} is gone`);
    }
    assert.ok(deleted || !stored.has(uid) || stored.get(uid) >= revision, `an old state of ${uid} is stored`);
  }
  const newest = Math.max(0, ...acknowledged.map(({ revision }) => revision));
  return { due: due.length, lost: acknowledged.filter(({ revision }) => revision > state.revision), newest };
}

/** The reopened cluster: every object decodes, owners exist or are collected, and the rollout completes. */
async function checkReopened(page, revision) {
  const result = await page.evaluate(async (manifest) => {
    const get = async (url) => {
      const response = await window.tabernetes.fetch(url);
      if (!response.ok) {
        throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
      }
      return response.json();
    };
    const { last } = await window.tabernetes.history.revisions();
    await window.tabernetes.apply(manifest);
    await window.tabernetes.clock.skip({ settled: true, seconds: 900 });
    const deployment = await get("/apis/apps/v1/namespaces/default/deployments/busy");
    const lists = await Promise.all(
      [
        "/api/v1/pods",
        "/apis/apps/v1/replicasets",
        "/apis/apps/v1/deployments",
        "/apis/discovery.k8s.io/v1/endpointslices",
        "/api/v1/services",
        "/api/v1/nodes",
        "/apis/coordination.k8s.io/v1/leases",
      ].map(get),
    );
    const objects = lists.flatMap(({ items }) => items);
    const uids = new Set(objects.map(({ metadata }) => metadata.uid));
    const orphans = objects.flatMap(({ metadata }) =>
      (metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid)).map(() => metadata.name),
    );
    return { last, status: deployment.status, orphans, count: uids.size, total: objects.length };
  }, manifest("1.29"));
  assert.ok(result.last >= revision, "revisions increase");
  assert.deepEqual(result.orphans, [], "objects whose owner is gone");
  assert.equal(result.count, result.total, "a UID came twice");
  const { replicas, updatedReplicas, availableReplicas } = result.status;
  assert.deepEqual(
    { replicas, updatedReplicas, availableReplicas },
    { replicas: REPLICAS, updatedReplicas: REPLICAS, availableReplicas: REPLICAS },
    "the rollout is complete",
  );
}

/** mulberry32: numbers from 0 to 1 from a seed. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One life and death. Returns what it measured. */
async function run(url, seed) {
  const draw = random(seed);
  const profile = mkdtempSync(path.join(tmpdir(), "tabernetes-kill-"));
  const address = `${url}?cluster=${CLUSTER}&storage=indexeddb&lang=en&seed=${seed}&rate=${[1, 5, 20][Math.floor(draw() * 3)]}`;
  let browser;
  try {
    browser = await Browser.start(profile);
    let page = await browser.open(address);
    const acknowledged = [];
    await page.exposeFunction("acknowledged", (change) => void acknowledged.push(change));
    await keepBusy(page, [manifest("1.27"), manifest("1.28")]);
    await sleep(500 + draw() * WITHIN);
    const killed = Date.now();
    await browser.kill();

    browser = await Browser.start(profile);
    page = await browser.open(`${url}?cluster=other&storage=memory&lang=en`);
    const stored = await readStored(page, CLUSTER);
    const { due, lost } = check(stored, acknowledged, killed);
    page = await browser.open(address);
    await checkReopened(page, stored.state.revision);
    const unwritten = lost.length === 0 ? 0 : killed - Math.min(...lost.map(({ time }) => time));
    return { due, lost: lost.length, unwritten, revision: stored.state.revision };
  } finally {
    await browser?.kill().catch(() => undefined);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs the loop and returns the longest time, in milliseconds, for which a change was unwritten at a kill. */
export async function killLoop({ runs, seed, log }) {
  const site = await serveStatic();
  let longest = 0;
  try {
    for (let index = 0; index < runs; index++) {
      const own = seed + index;
      try {
        const { due, lost, unwritten, revision } = await run(site.url, own);
        longest = Math.max(longest, unwritten);
        log(
          `run ${index + 1} of ${runs}: revision ${revision}, ${due} changes due, all there; ${lost} newer ones lost, the oldest ${Math.round(unwritten)} ms old`,
        );
      } catch (error) {
        throw new Error(`seed ${own} (--runs 1 --seed ${own}): ${error.message}`, { cause: error });
      }
    }
  } finally {
    site.close();
  }
  return longest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "50" }, seed: { type: "string" } },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => process.exit(1));
  }
  const log = (line) => process.stdout.write(`${line}\n`);
  log(`seed ${seed}`);
  const longest = await killLoop({ runs: Number(values.runs), seed, log });
  log(`the longest that a change was unwritten: ${Math.round(longest)} ms`);
  process.exit(0);
}
