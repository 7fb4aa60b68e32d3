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
  try {
    if (!connection.objectStoreNames.contains(META)) {
      return connection.objectStoreNames.length > 0;
    }
    const found = await answer(connection.transaction(META).objectStore(META).count(STATE));
    return found > 0;
  } finally {
    connection.close();
  }
}

function answer<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
