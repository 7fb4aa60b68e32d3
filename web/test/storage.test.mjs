import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, get, manifest, newCluster, openPage, prefixWorker, settle, untilReady } from "./harness.mjs";

const PODS = "/api/v1/namespaces/default/pods";
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/image-deployment";
const SAVED = "Saved in this browser";

/** A page of the site that runs no stored cluster, in a browser context of its own, to change what is stored. */
async function openBeside() {
  return openPage({ storage: "memory" }, { wait: false });
}

/** Opens a cluster beside it and waits until it runs. */
function openCluster(context, cluster, query = {}) {
  return openPage({ cluster, storage: "indexeddb", rate: "10", ...query }, { context });
}

async function reload(page) {
  await page.reload();
  await untilReady(page);
}

/** Calls a function with a cluster's database, in the page. The page's own policy allows no eval, the debugger does. */
function withDatabase(page, cluster, act) {
  return page.evaluate(`(async () => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await wait(indexedDB.open(${JSON.stringify(`tabernetes/${cluster}`)}));
    try {
      return await (${act})(database, wait);
    } finally {
      database.close();
    }
  })()`);
}

/** The cluster goes on in memory, and can be exported. */
async function goesOn(page) {
  await apply(page, manifest({ replicas: 2 }));
  await settle(page);
  assert.equal((await get(page, PODS)).items.length, 2);
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export a file" }).click();
  assert.match((await downloading).suggestedFilename(), /\.tabernetes\.json$/);
  await page.getByText("Not saving").waitFor();
}

async function saveAgain(page) {
  await page.getByRole("button", { name: "Save again" }).click();
  await page.getByText(SAVED).waitFor();
}

test("denied: opening throws, as in a private window", async () => {
  const beside = await openBeside();
  const context = beside.context();
  await prefixWorker(
    context,
    'IDBFactory.prototype.open = () => { throw new DOMException("access is denied", "SecurityError"); };',
  );
  const page = await openCluster(context, newCluster());
  await page.getByText("this browser lets the page keep no data here").waitFor();
  await goesOn(page);
  await page.getByRole("combobox", { name: "Language" }).selectOption("zh");
  await page.getByText("不会保存：浏览器不允许此页面在这里存储数据").waitFor();
  await context.close();
});

test("blocked: a tab with an older layout is in the way", async () => {
  const beside = await openBeside();
  const context = beside.context();
  const cluster = newCluster();
  await beside.evaluate(
    (cluster) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(`tabernetes/${cluster}`, 1);
        request.onupgradeneeded = () => {
          request.result.createObjectStore("objects");
          request.result.createObjectStore("meta");
        };
        request.onsuccess = resolve;
        request.onerror = reject;
      }),
    cluster,
  );
  const page = await openCluster(context, cluster);
  await page.getByText("a tab with an older version of this page is in the way").waitFor();
  await goesOn(page);
  await beside.goto("about:blank");
  await reload(page);
  await page.getByText(SAVED).waitFor();
  await context.close();
});

test("full: the quota is used up, and saving goes on once there is room", async () => {
  const page = await openPage({ cluster: newCluster(), storage: "indexeddb", rate: "10" });
  await page.getByText(SAVED).waitFor();
  await apply(page, manifest({ replicas: 1 }));
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await apply(
    page,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata: {a: ${"x".repeat(200_000)}}\n`,
  );
  await page.getByText("the browser's storage is full").waitFor();
  await goesOn(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await saveAgain(page);
  await reload(page);
  assert.equal((await get(page, PODS)).items.length, 2, "what was done in between is saved too");
  await page.close();
});

test("evicted: the database is deleted under the page", async () => {
  const page = await openPage({ cluster: newCluster(), storage: "indexeddb", rate: "10" });
  await page.getByText(SAVED).waitFor();
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await page.getByText("has been deleted outside this page").waitFor();
  await goesOn(page);
  await saveAgain(page);
  await reload(page);
  assert.equal((await get(page, PODS)).items.length, 2);
  await page.close();
});

test("corrupted: objects that cannot be read are left out, and what is stored stays until it is saved over", async () => {
  const beside = await openBeside();
  const context = beside.context();
  const cluster = newCluster();
  let page = await openCluster(context, cluster);
  await apply(
    page,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: second}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: third}\n`,
  );
  await settle(page);
  await page.close();
  const damage = async (database, wait) => {
    const store = database.transaction("objects", "readwrite").objectStore("objects");
    const key = (name) => `/registry/configmaps/default/${name}`;
    const second = await wait(store.get(key("second")));
    await wait(store.put({ ...second, object: { kind: "Nonsense" } }, key("second")));
    await wait(store.put({ revision: 1 }, key("third")));
    return (await wait(store.getAllKeys())).length;
  };
  const before = await withDatabase(beside, cluster, damage);
  page = await openCluster(context, cluster);
  await page.getByText("Part of what was stored cannot be read").waitFor();
  const names = async () =>
    (await get(page, "/api/v1/namespaces/default/configmaps")).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(await names(), ["first", "kube-root-ca.crt"]);
  await goesOn(page);
  const count = async (database, wait) =>
    wait(database.transaction("objects").objectStore("objects").count());
  assert.equal(await withDatabase(beside, cluster, count), before, "nothing was written over it");
  await saveAgain(page);
  await reload(page);
  await page.getByText(SAVED).waitFor();
  assert.deepEqual(await names(), ["first", "kube-root-ca.crt"]);
  assert.equal((await get(page, PODS)).items.length, 2);
  await context.close();
});

test("newer: the database, or its layout, is of a later version of the page", async () => {
  const beside = await openBeside();
  const context = beside.context();
  const cluster = newCluster();
  await beside.evaluate(
    (cluster) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(`tabernetes/${cluster}`, 99);
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = reject;
      }),
    cluster,
  );
  const page = await openCluster(context, cluster);
  await page.getByText("a newer version of this page made this cluster").waitFor();
  await goesOn(page);
  assert.equal(await page.getByRole("button", { name: "Save again" }).count(), 0);
  const version = async (database) => database.version;
  assert.equal(await withDatabase(beside, cluster, version), 99, "it is as it was");
  await context.close();
});

test("aborted: a transaction that is broken off is repeated, and told of when that fails too", async () => {
  const beside = await openBeside();
  const context = beside.context();
  // Aborts transactions half-way, as many as the page asks for.
  await prefixWorker(
    context,
    `{
      let aborts = 0;
      new BroadcastChannel("aborts").onmessage = ({ data }) => { aborts = data; };
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...record) {
        const request = put.apply(this, record);
        if (aborts > 0 && this.name === "objects") {
          aborts--;
          this.transaction.abort();
        }
        return request;
      };
    }`,
  );
  const page = await openCluster(context, newCluster());
  await page.getByText(SAVED).waitFor();
  const abort = (times) => page.evaluate((times) => new BroadcastChannel("aborts").postMessage(times), times);
  await abort(1);
  await apply(page, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: once}\n");
  await settle(page);
  await reload(page);
  const names = (await get(page, "/api/v1/namespaces/default/configmaps")).items.map(
    ({ metadata }) => metadata.name,
  );
  assert.ok(names.includes("once"), "it was written the second time");
  await abort(1000);
  await apply(page, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: never}\n");
  await page.getByText("the browser broke off a write, twice").waitFor();
  await goesOn(page);
  await abort(0);
  await saveAgain(page);
  await reload(page);
  assert.equal((await get(page, PODS)).items.length, 2);
  await context.close();
});

test("a database of the first layout, which had no history, is brought to the present one", async () => {
  const beside = await openBeside();
  const context = beside.context();
  const cluster = newCluster();
  let page = await openCluster(context, cluster);
  await apply(page, manifest({ replicas: 2 }));
  await settle(page);
  const before = (await get(page, PODS)).items.map(({ metadata }) => metadata.uid).sort();
  await page.close();
  // The same contents as the first version had them.
  await beside.evaluate(async (cluster) => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const name = `tabernetes/${cluster}`;
    const current = await wait(indexedDB.open(name));
    const store = current.transaction(["objects", "meta"]);
    const [keys, values, state] = await Promise.all([
      wait(store.objectStore("objects").getAllKeys()),
      wait(store.objectStore("objects").getAll()),
      wait(store.objectStore("meta").get("state")),
    ]);
    current.close();
    await wait(indexedDB.deleteDatabase(name));
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const objects = request.result.createObjectStore("objects");
      keys.forEach((key, index) => {
        objects.put(values[index], key);
      });
      const { revision, time } = state;
      request.result.createObjectStore("meta").put({ schema: 1, revision, time }, "state");
    };
    (await wait(request)).close();
  }, cluster);
  page = await openCluster(context, cluster);
  await page.getByText(SAVED).waitFor();
  assert.deepEqual((await get(page, PODS)).items.map(({ metadata }) => metadata.uid).sort(), before);
  const { first, last } = await page.evaluate(() => window.tabernetes.history.revisions());
  assert.ok(first > 1 && last >= first, `the history begins at ${first} and ends at ${last}`);
  await apply(page, manifest({ replicas: 1 }));
  await settle(page);
  await reload(page);
  assert.equal((await get(page, PODS)).items.length, 1);
  const layout = async (database, wait) => ({
    version: database.version,
    stores: [...database.objectStoreNames],
    schema: (await wait(database.transaction("meta").objectStore("meta").get("state"))).schema,
  });
  assert.deepEqual(await withDatabase(beside, cluster, layout), {
    version: 3,
    stores: ["history", "meta", "objects"],
    schema: 3,
  });
  await context.close();
});

test("a history of the second layout, which had objects in it, is read on", async () => {
  const beside = await openBeside();
  const context = beside.context();
  const cluster = newCluster();
  let page = await openCluster(context, cluster);
  await apply(page, manifest({ replicas: 1 }));
  await settle(page);
  const before = await get(page, DEPLOYMENT);
  await apply(page, manifest({ replicas: 2 }));
  await settle(page);
  await page.close();
  // One of its changes as the second version had it.
  const rewrite = async (database, wait, { metadata: { resourceVersion, ...metadata }, ...object }) => {
    const history = database.transaction("history", "readwrite").objectStore("history");
    const [revisions, changes] = await Promise.all([wait(history.getAllKeys()), wait(history.getAll())]);
    const index = changes.findIndex(({ replaced }) => replaced?.revision === Number(resourceVersion));
    const { encoded, ...replaced } = changes[index].replaced;
    const change = { ...changes[index], replaced: { ...replaced, object: { ...object, metadata } } };
    await wait(history.put(change, revisions[index]));
    return encoded.length;
  };
  const act = `(database, wait) => (${rewrite})(database, wait, ${JSON.stringify(before)})`;
  assert.ok((await withDatabase(beside, cluster, act)) > 0);
  page = await openCluster(context, cluster);
  const past = await page.evaluate(
    (revision) => window.tabernetes.history.at(revision),
    Number(before.metadata.resourceVersion),
  );
  const then = past.find(({ metadata }) => metadata.uid === before.metadata.uid);
  assert.deepEqual(then, before);
  await context.close();
});
