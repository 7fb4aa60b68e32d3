import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeStored } from "./stored.ts";

/** What is done to a database, in order. */
type Step = "open" | "count" | "complete" | "closed";

type Listener = (() => void) | null;

/**
 * A browser with one database, in which each event comes in a task of its own, and a
 * connection is closed once it has no transaction.
 */
function browser(name: string, { stores, count }: { stores: readonly string[]; count: number }) {
  const steps: Step[] = [];
  const later = (run: () => void) => void setTimeout(run, 1);
  const fire = (target: Record<string, Listener>, event: string) => target[event]?.();
  const request = (result: unknown, then: () => void) => {
    const made = { result, onsuccess: null, onerror: null } as Record<string, unknown>;
    later(() => {
      fire(made as Record<string, Listener>, "onsuccess");
      later(then);
    });
    return made;
  };
  let transactions = 0;
  let closing = false;
  const closed = () => {
    if (closing && transactions === 0) {
      steps.push("closed");
    }
  };
  const connection = {
    objectStoreNames: Object.assign([...stores], { contains: (store: string) => stores.includes(store) }),
    transaction() {
      transactions++;
      const transaction = {
        oncomplete: null as Listener,
        objectStore: () => ({
          count: () => {
            steps.push("count");
            return request(count, () => {
              transactions--;
              steps.push("complete");
              transaction.oncomplete?.();
              closed();
            });
          },
        }),
      };
      return transaction;
    },
    close() {
      closing = true;
      closed();
    },
  };
  const indexedDB = {
    databases: async () => [{ name, version: 1 }],
    open: () => {
      steps.push("open");
      return request(connection, () => undefined);
    },
  };
  Object.defineProperty(globalThis, "indexedDB", { value: indexedDB, configurable: true });
  return steps;
}

test("the look at a cluster's database is over when it is answered", async () => {
  for (const count of [0, 1]) {
    const steps = browser("tabernetes/test", { stores: ["meta", "objects"], count });
    assert.equal(await mayBeStored("test"), count > 0);
    assert.deepEqual(steps, ["open", "count", "complete", "closed"]);
  }
});

test("a database of which nothing is known may hold a cluster, one without stores does not", async () => {
  for (const stores of [[], ["others"]]) {
    const steps = browser("tabernetes/test", { stores, count: 0 });
    assert.equal(await mayBeStored("test"), stores.length > 0);
    assert.deepEqual(steps, ["open", "closed"]);
  }
});

test("a cluster without a database is not stored; where the browser does not tell, it may be", async () => {
  const steps = browser("tabernetes/other", { stores: ["meta"], count: 1 });
  assert.equal(await mayBeStored("test"), false);
  assert.deepEqual(steps, []);
  Object.defineProperty(globalThis, "indexedDB", { value: {}, configurable: true });
  assert.equal(await mayBeStored("test"), true);
});
