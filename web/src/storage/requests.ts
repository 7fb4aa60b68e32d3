/** Promises around IndexedDB's events. */

export function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when the transaction is complete. */
export function complete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("it was aborted", "AbortError"));
  });
}

/**
 * Opens a database. `upgrade` makes its object stores; without it, a database
 * that does not exist is an error and is not created.
 */
export function openDatabase(
  name: string,
  version?: number,
  upgrade?: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      if (upgrade === undefined) {
        request.transaction?.abort();
      } else {
        upgrade(request.result);
      }
    };
    request.onblocked = () => reject(new Error(`another tab has ${name} open with an older layout`));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      resolve(database);
    };
  });
}

/** All records of an object store, read in one request. */
export async function everything(
  store: IDBObjectStore,
  range?: IDBKeyRange,
): Promise<{ readonly key: IDBValidKey; readonly value: unknown }[]> {
  const [keys, values] = await Promise.all([
    done(store.getAllKeys(range)),
    done<unknown[]>(store.getAll(range)),
  ]);
  return keys.map((key, index) => ({ key, value: values[index] }));
}
