import { openPage, withProfile } from "../page.mjs";
import { rollOutStored, STORED_PODS, storedQuery } from "../stored.mjs";

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

function countWrites({ native }) {
  return native.context().route(/\/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: COUNTER + (await response.text()) });
  });
}

/** In the page: what the worker has counted. */
function askCounts() {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel("counts");
    channel.onmessage = ({ data }) => resolve(data);
    channel.postMessage("tell");
    setTimeout(() => reject(new Error("no worker counts what it writes")), 5000);
  });
}

/** Creates Deployments, changes their images, and looks at what was written for it. Bytes are those of the records as JSON. */
export const storage = {
  what: `what IndexedDB is given and what it keeps of clusters of ${STORED_PODS.join(" and ")} pods: bytes and counts`,
  // The worker's script is changed on its way, by Playwright.
  browsers: ["chromium"],
  once: true,
  async run({ browser, url }) {
    const written = {};
    for (const pods of STORED_PODS) {
      written[pods] = await withProfile(browser, (profile) => measure(profile, url, pods));
    }
    return written;
  },
};

async function measure(profile, url, pods) {
  const query = storedQuery(pods);
  const { page } = await openPage(profile, url, query, countWrites);
  await page.evaluate(rollOutStored, pods);
  const written = await page.evaluate(askCounts);
  const stored = await page.evaluate(readStored, `tabernetes/${query.cluster}`);
  await page.close();
  return {
    changes: stored.revision,
    puts: written.puts,
    writtenBytes: written.bytes,
    storedBytes: stored.bytes,
    objects: stored.objects,
    history: stored.history,
    writeAmplification: written.bytes / (stored.revision * stored.averageChange),
  };
}

/** In the page: what is in the database. */
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
