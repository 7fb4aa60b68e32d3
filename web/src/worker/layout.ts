/** Object stores of a cluster's database, as wasm/indexeddb/log.go names them, by the version of the layout that brought them; the third has the bytes of what was replaced in "history". */
const STORES: readonly (readonly string[])[] = [["objects", "meta"], ["history"], []];

/**
 * Brings a new database, or one of an older layout, to the present one: the listener
 * for "upgradeneeded". It is not Go's, because the browser ends the change when this
 * call returns, and Go may be suspended just then (suspension.ts).
 */
export function bringToPresent({ target, oldVersion }: IDBVersionChangeEvent): void {
  const { result: database } = target as IDBOpenDBRequest;
  for (const name of STORES.slice(oldVersion).flat()) {
    database.createObjectStore(name);
  }
}
