import { PARTS, type PageState, type Part, readPageState } from "./pagestate.ts";
import { complete, done, everything, openDatabase } from "./requests.ts";

/** The page's own database; the names of the clusters' databases begin with this name and a slash. */
const DATABASE = "tabernetes";
const VERSION = 1;
/** Records {@link Visit} under the clusters' names. */
const CLUSTERS = "clusters";
/** The parts of each cluster's page state, under [cluster, part]. */
const PAGE = "page";

/** Host times in milliseconds since 1970. */
export interface Visit {
  readonly created: number;
  readonly used: number;
}

/**
 * What the page knows about the clusters in this browser, and the page state of
 * each. Without IndexedDB everything is lost when the page closes.
 */
export class Directory {
  readonly #database: IDBDatabase | undefined;

  private constructor(database: IDBDatabase | undefined) {
    this.#database = database;
  }

  /** Never rejects: the control plane reports the details of what is wrong with the browser's storage. */
  static async open(): Promise<Directory> {
    try {
      return new Directory(
        await openDatabase(DATABASE, VERSION, (database) => {
          database.createObjectStore(CLUSTERS);
          database.createObjectStore(PAGE);
        }),
      );
    } catch {
      return new Directory(undefined);
    }
  }

  /** Whether anything can be stored. */
  get persistent(): boolean {
    return this.#database !== undefined;
  }

  async visits(): Promise<ReadonlyMap<string, Visit>> {
    const store = this.#transaction("readonly")?.objectStore(CLUSTERS);
    const records = store === undefined ? [] : await everything(store);
    return new Map(records.map(({ key, value }) => [String(key), value as Visit]));
  }

  /** Records that the cluster is used now. */
  async visit(cluster: string, now: number): Promise<void> {
    const transaction = this.#transaction("readwrite");
    if (transaction !== undefined) {
      const clusters = transaction.objectStore(CLUSTERS);
      const before = (await done(clusters.get(cluster))) as Visit | undefined;
      clusters.put({ created: before?.created ?? now, used: now } satisfies Visit, cluster);
      await complete(transaction);
    }
  }

  async load(cluster: string): Promise<PageState> {
    const transaction = this.#transaction("readonly");
    if (transaction === undefined) {
      return {};
    }
    const store = transaction.objectStore(PAGE);
    const values = await Promise.all(PARTS.map((part) => done<unknown>(store.get([cluster, part]))));
    return readPageState(Object.fromEntries(PARTS.map((part, index) => [part, values[index]])));
  }

  /** Stores a part, or deletes it. */
  async save<Name extends Part>(
    cluster: string,
    part: Name,
    value: PageState[Name] | undefined,
  ): Promise<void> {
    const transaction = this.#transaction("readwrite");
    if (transaction !== undefined) {
      put(transaction.objectStore(PAGE), cluster, part, value);
      transaction.commit();
      await complete(transaction);
    }
  }

  /** Replaces all stored page state of a cluster. */
  async replace(cluster: string, state: PageState): Promise<void> {
    const transaction = this.#transaction("readwrite");
    if (transaction !== undefined) {
      const store = transaction.objectStore(PAGE);
      for (const part of PARTS) {
        put(store, cluster, part, state[part]);
      }
      transaction.commit();
      await complete(transaction);
    }
  }

  async forget(cluster: string): Promise<void> {
    await this.replace(cluster, {});
    const transaction = this.#transaction("readwrite");
    if (transaction !== undefined) {
      transaction.objectStore(CLUSTERS).delete(cluster);
      await complete(transaction);
    }
  }

  #transaction(mode: IDBTransactionMode): IDBTransaction | undefined {
    try {
      return this.#database?.transaction([CLUSTERS, PAGE], mode);
    } catch {
      // The database was deleted while the page had it open.
      return undefined;
    }
  }
}

function put<Name extends Part>(
  store: IDBObjectStore,
  cluster: string,
  part: Name,
  value: PageState[Name] | undefined,
): void {
  if (value === undefined) {
    store.delete([cluster, part]);
  } else {
    store.put(value, [cluster, part]);
  }
}
