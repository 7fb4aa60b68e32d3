import assert from "node:assert/strict";
import { test } from "node:test";
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

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

const taken = (page) => page.getByText("Open in another tab");

async function goOnHere(page) {
  await taken(page).waitFor({ timeout: BOOT_TIMEOUT });
  await page.getByRole("button", { name: "Go on here" }).click();
  await taken(page).waitFor({ state: "hidden", timeout: BOOT_TIMEOUT });
  await untilReady(page);
}

/** Opens a second tab on a cluster that another tab has. */
async function openSecond(context, cluster) {
  const page = await openPage({ cluster, storage: "indexeddb", rate: "10" }, { context, wait: false });
  await taken(page).waitFor({ timeout: BOOT_TIMEOUT });
  return page;
}

/** In the tab that has lost its cluster, the list of clusters says where that is, and offers nothing that only its owner can do. */
async function tellsOfTheOther(page, cluster) {
  await page.getByRole("button", { name: "Other clusters" }).click();
  const dialog = page.getByRole("dialog", { name: "Clusters in this browser" });
  const row = dialog.locator(`[data-cluster="${cluster}"]`);
  await row.getByText("open in another tab").waitFor();
  assert.equal(await row.getByText("open here").count(), 0);
  assert.deepEqual(await row.getByRole("button").allTextContents(), []);
  assert.equal(await dialog.getByRole("button", { name: "Export", exact: true }).isVisible(), false);
  await dialog.getByRole("button", { name: "Close" }).click();
}

/** Makes ConfigMaps and counts up until the cluster goes away; what was acknowledged is the answer. */
function work(page, tab) {
  return page.evaluate(
    async ({ tab, url }) => {
      window.rounds = 0;
      window.work = (async () => {
        const made = [];
        let counted = 0;
        const send = async (method, path, body) => {
          const response = await window.tabernetes.fetch(path, {
            method,
            headers: { "Content-Type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          return { status: response.status, object: await response.json() };
        };
        try {
          for (let number = 0; ; number++) {
            const name = `${tab}-${number}`;
            const { status } = await send("POST", url, {
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name },
            });
            if (status === 201) {
              made.push(name);
            }
            const { object } = await send("GET", `${url}/counter`);
            object.data.count = String(Number(object.data.count) + 1);
            if ((await send("PUT", `${url}/counter`, object)).status === 200) {
              counted++;
            }
            window.rounds = number + 1;
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        } catch {
          return { made, counted };
        }
      })();
    },
    { tab, url: CONFIG_MAPS },
  );
}

const worked = (page) => page.evaluate(() => window.work);

test("a cluster runs in one tab at a time, and a minute of work in two tabs loses and doubles nothing", async () => {
  const cluster = newCluster();
  const first = await openPage({ cluster, storage: "indexeddb", rate: "10" });
  await apply(
    first,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: counter}\ndata: {count: "0"}\n---\n${manifest({ replicas: 3 })}`,
  );
  const begun = await first.evaluate(() => window.tabernetes.clock.now().getTime());
  const second = await openSecond(first.context(), cluster);
  assert.equal(
    await second.evaluate(() => window.tabernetes.version.kubernetes),
    "",
    "it does not run there",
  );

  const made = [];
  let counted = 0;
  const tabs = [first, second];
  for (let turn = 0; turn < 4; turn++) {
    const [owner, other] = [tabs[turn % 2], tabs[(turn + 1) % 2]];
    await work(owner, `turn-${turn}`);
    await apply(owner, manifest({ replicas: 3, tag: turn % 2 === 0 ? "v2" : "v1" }));
    await owner.evaluate(() => window.tabernetes.clock.skip({ seconds: 15 }));
    await owner.waitForFunction(() => window.rounds >= 5);
    const working = worked(owner);
    // In the middle of it.
    await goOnHere(other);
    const done = await working;
    made.push(...done.made);
    counted += done.counted;
    await taken(owner).waitFor();
    await assert.rejects(
      owner.evaluate((url) => window.tabernetes.fetch(url), CONFIG_MAPS),
      /another tab has the cluster/,
    );
  }
  await tellsOfTheOther(second, cluster);
  const last = tabs[0];
  await settle(last);
  const passed = (await last.evaluate(() => window.tabernetes.clock.now().getTime())) - begun;
  assert.ok(passed >= 60_000, `${passed} ms of cluster time have passed`);
  const { items } = await get(last, CONFIG_MAPS);
  const there = items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith("turn-"));
  assert.equal(new Set(there).size, there.length);
  assert.deepEqual(
    made.filter((name) => !there.includes(name)),
    [],
    "every ConfigMap that was acknowledged is there",
  );
  // One more a turn may have been on its way to the page when the tab lost the cluster.
  assert.ok(there.length <= made.length + 4, `${there.length} are there, ${made.length} were acknowledged`);
  const { count } = items.find(({ metadata }) => metadata.name === "counter").data;
  assert.ok(Number(count) >= counted && Number(count) <= counted + 4, `counted to ${count}, not ${counted}`);

  // Each revision was written once, in order.
  await last.evaluate(() => window.tabernetes.clock.pause());
  const revisions = await last.evaluate(async (cluster) => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await wait(indexedDB.open(`tabernetes/${cluster}`));
    const keys = await wait(database.transaction("history").objectStore("history").getAllKeys());
    database.close();
    return keys;
  }, cluster);
  revisions.forEach((revision, index) => {
    assert.ok(index === 0 || revision === revisions[index - 1] + 1, `a gap before revision ${revision}`);
  });
  assert.deepEqual(first.faults, []);
  assert.deepEqual(second.faults, []);
  await first.context().close();
});

test("the tab that has a cluster is told where there are no Web Locks", async () => {
  const cluster = newCluster();
  const first = await openPage({ cluster, storage: "memory" }, { wait: false });
  const context = first.context();
  await first.goto("about:blank");
  await prefixWorker(context, "delete WorkerNavigator.prototype.locks;");
  const owner = await openPage({ cluster, storage: "indexeddb", rate: "10" }, { context });
  await apply(owner, manifest({ replicas: 1 }));
  const second = await openSecond(context, cluster);
  await goOnHere(second);
  await taken(owner).waitFor();
  assert.equal((await get(second, "/apis/apps/v1/namespaces/default/deployments")).items.length, 1);
  await context.close();
});

test("of two tabs that know nothing of each other the later one writes, and the other is told", async () => {
  const cluster = newCluster();
  const first = await openPage({ cluster, storage: "memory" }, { wait: false });
  const context = first.context();
  await first.goto("about:blank");
  await prefixWorker(
    context,
    "delete WorkerNavigator.prototype.locks; self.BroadcastChannel = class { postMessage() {} close() {} };",
  );
  const early = await openPage({ cluster, storage: "indexeddb" }, { context });
  const late = await openPage({ cluster, storage: "indexeddb" }, { context });
  await apply(late, manifest({ replicas: 1 }));
  await apply(early, manifest({ replicas: 2 })).catch(() => undefined);
  await taken(early).waitFor();
  await settle(late);
  await late.reload();
  await untilReady(late);
  const [deployment] = (await get(late, "/apis/apps/v1/namespaces/default/deployments")).items;
  assert.equal(deployment.spec.replicas, 1);
  await context.close();
});
