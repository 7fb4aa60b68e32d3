import type { Client, ControlPlanePanic } from "../client/client.ts";
import { UNLIMITED_RATE } from "../protocol/clock.ts";
import type { PageStore } from "../storage/pagestore.ts";

/** The address of this page for another cluster, or for a lesson in its own; language, theme and the like stay. */
export function addressOf(
  shown: { readonly cluster: string } | { readonly lesson: string } | { readonly src: string },
): string {
  const address = new URL(location.href);
  for (const name of ["cluster", "lesson", "src", "seed", "start", "nodes", "machines"]) {
    address.searchParams.delete(name);
  }
  for (const [name, value] of Object.entries(shown)) {
    address.searchParams.set(name, value);
  }
  address.hash = "";
  return address.href;
}

/** Why a start from a link failed. */
export type Reason = Pick<ControlPlanePanic, "message" | "refusal">;

/** What the page remembers across a reload. */
interface Message {
  /** Take the cluster from the tab that has it. */
  readonly takeOver?: true;
  /** Why the link in the address could not be opened. */
  readonly refused?: Reason;
}

function reloadWith(message: Message, address = location.href): void {
  // Setting an address that differs only in its hash would not load anything.
  history.replaceState({ tabernetes: message }, "", address);
  location.reload();
}

/** Reloads the page, and with it what the tab that has the cluster has stored. */
export function takeOver(): void {
  reloadWith({ takeOver: true });
}

/** Reloads the page without the link in its address. */
export function refuseLink(reason: Reason): void {
  const address = new URL(location.href);
  address.hash = "";
  reloadWith({ refused: reason }, address.href);
}

/** What the page remembered before a reload; returned once. */
export function takeMessage(): Message {
  const state = history.state as { readonly tabernetes?: Message } | null;
  const message = state?.tabernetes;
  if (message !== undefined) {
    history.replaceState(null, "");
  }
  return message ?? {};
}

/** Keeps the clock's rate and whether it is paused, for the start after a reload. */
export function keepClock(client: Client, store: PageStore): void {
  let ready = false;
  client.on("start", () => {
    ready = false;
  });
  client.on("ready", () => {
    ready = true;
  });
  client.on("clock", ({ rate, paused, mode }) => {
    const kept = store.state.clock;
    const wanted = rate === UNLIMITED_RATE ? null : rate;
    if (ready && mode === "run" && (kept?.rate !== wanted || kept.paused !== paused)) {
      store.set("clock", { rate: wanted, paused });
    }
  });
}

/** Nodes and objects that the cluster makes by itself are not the learner's changes. */
const OF_CLUSTER = new Set(["Node", "Service"]);

/** Asks the browser for persistent storage once the learner has made something. */
export function persistOnFirstChange(client: Client): void {
  let asked = false;
  client.on("frame", ({ upserts }) => {
    if (!asked && client.storage?.state === "ok" && upserts.some(({ kind }) => !OF_CLUSTER.has(kind))) {
      asked = true;
      // A page over plain http does not have it.
      navigator.storage?.persist?.().catch(() => undefined);
    }
  });
}
