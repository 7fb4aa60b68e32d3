/** Names as in wasm/indexeddb/log.go. */
const PREFIX = "tabernetes/";
const META = "meta";
const STATE = "state";

/**
 * Says whether a cluster of that name may be stored in this browser. The answer
 * only serves to choose a faster start, so where it cannot be known it is yes.
 */
export async function mayBeStored(cluster: string): Promise<boolean> {
  try {
    const known = await indexedDB.databases();
    return known.some(({ name }) => name === PREFIX + cluster) && (await hasState(PREFIX + cluster));
  } catch {
    return true;
  }
}

/** Whether the database holds a cluster: a database remains when its cluster has been reset. */
async function hasState(database: string): Promise<boolean> {
  const connection = await answer(indexedDB.open(database));
  connection.onversionchange = () => connection.close();
  try {
    if (!connection.objectStoreNames.contains(META)) {
      return connection.objectStoreNames.length > 0;
    }
    const transaction = connection.transaction(META);
    // A connection that is closed before its transaction is complete stays open until
    // then. The control plane may open the database before that, and would be told that
    // another tab is in the way of bringing it to the present layout.
    const [found] = await Promise.all([
      answer(transaction.objectStore(META).count(STATE)),
      complete(transaction),
    ]);
    return found > 0;
  } finally {
    connection.close();
  }
}

function complete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function answer<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
