import type { Client, ControlPlanePanic } from "../client/client.ts";
import { UNLIMITED_RATE } from "../protocol/clock.ts";
import type { PageStore } from "../storage/pagestore.ts";

/** The address of this page with another cluster: language, theme and the like stay. */
export function addressOf(cluster: string): string {
  const address = new URL(location.href);
  for (const name of ["seed", "start"]) {
    address.searchParams.delete(name);
  }
  address.searchParams.set("cluster", cluster);
  address.hash = "";
  return address.href;
}

/** Why a start from a link failed. */
export type Reason = Pick<ControlPlanePanic, "message" | "refusal">;

/** What a page tells itself over a reload. */
interface Message {
  /** The cluster is to be taken from the tab that has it. */
  readonly takeOver?: true;
  /** The link in the address could not be opened, for this reason. */
  readonly refused?: Reason;
}

function reloadWith(message: Message, address = location.href): void {
  // Without its hash the address would be the same but for the hash, which loads nothing.
  history.replaceState({ tabernetes: message }, "", address);
  location.reload();
}

/** Loads the page again, and with it what the tab that has the cluster has kept. */
export function takeOver(): void {
  reloadWith({ takeOver: true });
}

/** Loads the page again without the link in its address. */
export function refuseLink(reason: Reason): void {
  const address = new URL(location.href);
  address.hash = "";
  reloadWith({ refused: reason }, address.href);
}

/** What the page has told itself before a reload, once. */
export function takeMessage(): Message {
  const state = history.state as { readonly tabernetes?: Message } | null;
  const message = state?.tabernetes;
  if (message !== undefined) {
    history.replaceState(null, "");
  }
  return message ?? {};
}

/** Keeps the clock's rate and whether it stands, with which a reload begins. */
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

/** The nodes and what the cluster makes by itself are no change of the learner's. */
const OF_CLUSTER = new Set(["Node", "Service"]);

/** Asks the browser to keep what is stored once there is something that a learner has made. */
export function persistOnFirstChange(client: Client): void {
  let asked = false;
  client.on("frame", ({ upserts }) => {
    if (!asked && client.storage?.state === "ok" && upserts.some(({ kind }) => !OF_CLUSTER.has(kind))) {
      asked = true;
      // There is none on a page over plain http.
      navigator.storage?.persist?.().catch(() => undefined);
    }
  });
}
