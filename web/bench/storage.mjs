/** What IndexedDB is given and what it keeps, and how soon a cluster is there again. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openPage } from "./browser.mjs";

export const STORAGE_PODS = [300, 1000];
/** Enough for the surge of the larger one at 110 pods a node. */
const NODES = 13;

/** Counts, in the worker, the records that go to IndexedDB and their size as JSON. */
const COUNTER = `{
  const counts = { puts: 0, bytes: 0 };
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...record) {
    counts.puts++;
    counts.bytes += JSON.stringify(record[0]).length;
    return put.apply(this, record);
  };
  const channel = new BroadcastChannel("counts");
  channel.onmessage = ({ data }) => {
    if (data === "tell") {
      channel.postMessage(counts);
    }
  };
}
`;

async function countWrites(context) {
  const worker = fileURLToPath(new URL("../dist/worker.js", import.meta.url));
  await context.route(/\/worker\.js$/, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: COUNTER + readFileSync(path.resolve(worker), "utf8"),
    }),
  );
}

/**
 * Creates a Deployment of `pods` pods, changes its image, and opens the cluster
 * again. Bytes are those of the records as JSON; times are host milliseconds from
 * the beginning of the navigation until the controllers run.
 */
export async function measureStorage(profile, url, pods) {
  const address = `${url}?cluster=bench-${pods}&storage=indexeddb&kubelet=instant&rate=unlimited&nodes=${NODES}`;
  const first = await profile.open();
  await countWrites(first);
  const { page } = await openPage(first, address);
  await page.evaluate(rollOut, pods);
  const written = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("counts");
        channel.onmessage = ({ data }) => resolve(data);
        channel.postMessage("tell");
      }),
  );
  const stored = await page.evaluate(readStored, `tabernetes/bench-${pods}`);
  await first.close();

  // Once for the browser's caches, and once with them.
  for (let visit = 0; visit < 2; visit++) {
    const context = await profile.open();
    const { page: again, ready } = await openPage(context, address);
    const { items } = await again.evaluate(async () =>
      (await window.tabernetes.fetch("/api/v1/pods")).json(),
    );
    if (items.length !== pods) {
      throw new Error(`${items.length} pods came back, not ${pods}`);
    }
    await context.close();
    if (visit === 1) {
      const changed = stored.revision * stored.averageChange;
      return {
        changes: stored.revision,
        puts: written.puts,
        writtenBytes: written.bytes,
        storedBytes: stored.bytes,
        objects: stored.objects,
        history: stored.history,
        writeAmplification: Math.round((written.bytes / changed) * 100) / 100,
        restore: Math.round(ready.navigation),
        restoreInWorker: Math.round(ready.worker),
        // Of that, from opening the data base until the API server is built with its objects.
        restoreOfObjects: Math.round(ready.stages.controllers - ready.stages.restore),
      };
    }
  }
  throw new Error("the cluster was not opened again");
}

/** In the page: a Deployment, and a rolling update of it. Resolves when all of it is stored. */
async function rollOut(pods) {
  const url = "/apis/apps/v1/namespaces/default/deployments/bench";
  const manifest = (tag) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: bench}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: bench}}
  template:
    metadata: {labels: {app: bench}}
    spec: {containers: [{name: web, image: "nginx:${tag}"}]}`;
  for (const [index, tag] of ["1.27", "1.28"].entries()) {
    await window.tabernetes.apply(manifest(tag));
    for (;;) {
      const { status } = await (await window.tabernetes.fetch(url)).json();
      const counts = [status.replicas, status.updatedReplicas, status.availableReplicas];
      if (status.observedGeneration > index && counts.every((count) => count === pods)) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await window.tabernetes.clock.pause();
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

/** In the page: what is in the data base. */
async function readStored(name) {
  const wait = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await wait(indexedDB.open(name));
  const transaction = database.transaction(["objects", "history", "meta"]);
  const [objects, history, state] = await Promise.all([
    wait(transaction.objectStore("objects").getAll()),
    wait(transaction.objectStore("history").getAll()),
    wait(transaction.objectStore("meta").get("state")),
  ]);
  database.close();
  const size = (value) => JSON.stringify(value).length;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  // What a change makes is what the next change of the key replaces, or what is there now.
  const replaced = history.flatMap((change) =>
    change.replaced === undefined ? [] : [size(change.replaced)],
  );
  return {
    revision: state.revision,
    objects: objects.length,
    history: history.length,
    bytes: sum(objects.map(size)) + sum(history.map(size)),
    averageChange: (sum(replaced) + sum(objects.map(size))) / (replaced.length + objects.length),
  };
}
