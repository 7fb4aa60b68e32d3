import type { Directory } from "./directory.ts";
import { ClusterError } from "./faults.ts";
import { complete, done, everything, openDatabase } from "./requests.ts";

/** wasm/indexeddb names its databases so. */
const PREFIX = "tabernetes/";

/** How often, and how many milliseconds apart, it is looked whether a cluster is still open. */
const LOOKS = 10;
const LOOK = 50;

export interface StoredCluster {
  readonly name: string;
  /** Host time of the last visit in milliseconds since 1970; undefined for one that the page has not seen. */
  readonly used: number | undefined;
  /** A tab has it open, which may be this one. */
  readonly open: boolean;
}

/** The clusters in this browser: their names, and what can be done with one that does not run. */
export class Clusters {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** In the order of their names. */
  async list(): Promise<readonly StoredCluster[]> {
    const [visits, stored, held] = await Promise.all([this.#directory.visits(), databases(), heldLocks()]);
    const names = new Set([...visits.keys(), ...stored]);
    return [...names]
      .sort((a, b) => a.localeCompare(b))
      .map((name) => ({ name, used: visits.get(name)?.used, open: held.has(PREFIX + name) }));
  }

  /** A name that is free: the wished one, or that with a number. */
  async freeName(wish: string): Promise<string> {
    const taken = new Set((await this.list()).map(({ name }) => name));
    const base =
      wish
        .replace(/[^A-Za-z0-9._-]+/g, "-")
        .replace(/^[^A-Za-z0-9]+/, "")
        .slice(0, 58) || "cluster";
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (!taken.has(name)) {
        return name;
      }
    }
  }

  /** Copies what is stored, whole and as it is at one moment. */
  async duplicate(from: string, to: string): Promise<void> {
    if ((await this.list()).some(({ name }) => name === to)) {
      throw new ClusterError("exists", to);
    }
    await copyDatabase(PREFIX + from, PREFIX + to);
    await this.#directory.replace(to, await this.#directory.load(from));
    await this.#directory.visit(to, Date.now());
  }

  async rename(from: string, to: string): Promise<void> {
    await this.duplicate(from, to);
    await this.remove(from);
  }

  /** Deletes everything of a cluster. */
  async remove(name: string): Promise<void> {
    // The lock of a cluster that was closed a moment ago may still be on its way.
    for (let look = 0; (await heldLocks()).has(PREFIX + name); look++) {
      if (look === LOOKS) {
        throw new ClusterError("open", name);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    await done(indexedDB.deleteDatabase(PREFIX + name));
    await this.#directory.forget(name);
  }
}

/** The names of the clusters that have a database; none where the browser does not tell. */
async function databases(): Promise<readonly string[]> {
  const known = await indexedDB.databases?.().catch(() => []);
  return (known ?? []).flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
}

async function heldLocks(): Promise<ReadonlySet<string>> {
  const locks = await navigator.locks?.query().catch(() => undefined);
  return new Set(locks?.held?.flatMap(({ name }) => (name === undefined ? [] : [name])));
}

/** What is in the stores is copied as it is, so that this need not know the layout. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const source = await openDatabase(from);
  try {
    const names = [...source.objectStoreNames];
    const reading = source.transaction(names, "readonly");
    const contents = await Promise.all(names.map((name) => everything(reading.objectStore(name))));
    const target = await openDatabase(to, source.version, (database) => {
      for (const name of names) {
        database.createObjectStore(name);
      }
    });
    try {
      const writing = target.transaction(names, "readwrite");
      names.forEach((name, index) => {
        const store = writing.objectStore(name);
        for (const { key, value } of contents[index] ?? []) {
          store.put(value, key);
        }
      });
      await complete(writing);
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}
