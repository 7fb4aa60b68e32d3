/** Object stores of a cluster's database, as wasm/indexeddb/log.go names them, by the version of the layout that added them; the third holds the bytes of what was replaced in "history". */
const STORES: readonly (readonly string[])[] = [["objects", "meta"], ["history"], []];

/**
 * The listener for "upgradeneeded": gives a new database, or one of an older
 * version, the present layout. It is not written in Go, because the browser ends the
 * version change when this call returns, and Go may be suspended just then
 * (suspension.ts).
 */
export function bringToPresent({ target, oldVersion }: IDBVersionChangeEvent): void {
  const { result: database } = target as IDBOpenDBRequest;
  for (const name of STORES.slice(oldVersion).flat()) {
    database.createObjectStore(name);
  }
}
