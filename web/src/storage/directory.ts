import { PARTS, type PageState, type Part, readPageState } from "./pagestate.ts";
import { complete, done, everything, openDatabase } from "./requests.ts";

/** The page's own database; those of the clusters begin with it and a slash. */
const DATABASE = "tabernetes";
const VERSION = 1;
/** Records {@link Visit} under the clusters' names. */
const CLUSTERS = "clusters";
/** The parts of each cluster's page state, under [cluster, part]. */
const PAGE = "page";

/** Times of the host, in milliseconds since 1970. */
export interface Visit {
  readonly created: number;
  readonly used: number;
}

/**
 * What the page knows of the clusters in this browser, and what it keeps beside
 * each. Where there is no IndexedDB it forgets everything with the page.
 */
export class Directory {
  readonly #database: IDBDatabase | undefined;

  private constructor(database: IDBDatabase | undefined) {
    this.#database = database;
  }

  /** Never rejects: what is wrong with the browser's storage the control plane tells in detail. */
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

  /** Is anything kept? */
  get persistent(): boolean {
    return this.#database !== undefined;
  }

  async visits(): Promise<ReadonlyMap<string, Visit>> {
    const store = this.#transaction("readonly")?.objectStore(CLUSTERS);
    const records = store === undefined ? [] : await everything(store);
    return new Map(records.map(({ key, value }) => [String(key), value as Visit]));
  }

  /** Notes that the cluster is used now. */
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

  /** Keeps a part, or forgets it. */
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

  /** Keeps all of a cluster's page state in the place of what was kept. */
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
      // The database was deleted under the page.
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
