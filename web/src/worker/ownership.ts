/**
 * Decides which worker runs a cluster: only one at a time among all the tabs of
 * a browser. Web Locks decide it where the browser has them. Elsewhere (a page
 * over plain http from another machine) the owner's lease is its answer on a
 * BroadcastChannel: an owner that does not answer has lost it. Either way the
 * database has the last word, as it knows its owner (wasm/indexeddb).
 *
 * Times are host time, in milliseconds.
 */

/** How long a claim waits for an owner that does not answer and is probably closing, such as the same page before a reload. */
const PATIENCE = 5000;
/** How long an owner may take to store everything and close. After that the cluster is taken from it. */
const HANDOVER = 5000;
/** How long an owner without a lock may take to answer. */
const ANSWER = 400;

/** A message on the channel. */
type Word =
  /** Does anybody own the cluster? */
  | { readonly type: "ask" }
  | { readonly type: "held" }
  /** Asks the owner to store everything and close. */
  | { readonly type: "yield" }
  | { readonly type: "yielded" };

export interface Ownership {
  /** Lets another tab have the cluster. */
  release(): void;
}

export interface OwnershipOptions {
  readonly cluster: string;
  /** Whether an existing owner has to yield. */
  readonly takeOver: boolean;
  /** Another tab wants the cluster: store everything, then call `release`. */
  onYield(): void;
  /** Another tab has the cluster; this one may not write any more. */
  onLost(): void;
}

/** Web Locks, where there are any. */
const webLocks = () => (typeof navigator === "undefined" ? undefined : navigator.locks);
const lockName = (cluster: string) => `tabernetes/${cluster}`;

/**
 * Does a worker of this browser hold the cluster's lock? Its page may be closing.
 * Without Web Locks this cannot be known, and the answer is no.
 */
export async function isHeld(cluster: string): Promise<boolean> {
  const snapshot = await webLocks()
    ?.query()
    .catch(() => undefined);
  return snapshot?.held?.some(({ name }) => name === lockName(cluster)) ?? false;
}

/** Resolves with null when another tab has the cluster. */
export async function claim(options: OwnershipOptions): Promise<Ownership | null> {
  const channel = new BroadcastChannel(`tabernetes/${options.cluster}`);
  const locks = webLocks();
  const held =
    locks === undefined
      ? await leased(channel, options)
      : await locked(locks, channel, options).catch(() => FREE);
  if (held === null) {
    channel.close();
    return null;
  }
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.type === "ask") {
      channel.postMessage({ type: "held" } satisfies Word);
    } else if (data.type === "yield") {
      options.onYield();
    }
  };
  return {
    release() {
      held.release();
      channel.postMessage({ type: "yielded" } satisfies Word);
      channel.close();
    },
  };
}

/** Where locks are refused, as in a sandboxed frame, there is no storage to share either. */
const FREE: Ownership = { release: () => undefined };

async function locked(
  locks: LockManager,
  channel: BroadcastChannel,
  { cluster, takeOver, onLost }: OwnershipOptions,
): Promise<Ownership | null> {
  const name = lockName(cluster);
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), takeOver ? HANDOVER : PATIENCE);
  if (!takeOver) {
    channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.type === "held") {
        waiting.abort();
      }
    };
  }
  channel.postMessage({ type: takeOver ? "yield" : "ask" } satisfies Word);
  const { signal } = waiting;
  return (
    (await hold(locks, name, { signal }, onLost)) ??
    (takeOver ? hold(locks, name, { steal: true }, onLost) : null)
  );
}

/** Resolves when the lock is held, or with null when the signal came first. */
function hold(
  locks: LockManager,
  name: string,
  options: LockOptions,
  onLost: () => void,
): Promise<Ownership | null> {
  return new Promise((resolve, reject) => {
    let granted = false;
    locks
      .request(name, options, () => {
        granted = true;
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch((error: unknown) => {
        if (granted) {
          onLost();
        } else if (options.signal?.aborted === true) {
          resolve(null);
        } else {
          reject(error);
        }
      });
  });
}

async function leased(channel: BroadcastChannel, { takeOver }: OwnershipOptions): Promise<Ownership | null> {
  const answered = (word: Word["type"], within: number) =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), within);
      channel.onmessage = ({ data }: MessageEvent<Word>) => {
        if (data.type === word) {
          clearTimeout(late);
          resolve(true);
        }
      };
    });
  channel.postMessage({ type: "ask" } satisfies Word);
  if (!(await answered("held", ANSWER))) {
    return FREE;
  }
  if (!takeOver) {
    return null;
  }
  channel.postMessage({ type: "yield" } satisfies Word);
  await answered("yielded", HANDOVER);
  return FREE;
}
