/**
 * Which worker runs a cluster: one at a time, of all the tabs of a browser. Web
 * Locks say so where there are any. Elsewhere (a page over plain http from
 * another machine) the owner's lease is its answer on a BroadcastChannel: who
 * does not answer has lost it. Either way the database has the last word, as it
 * knows its owner (wasm/indexeddb).
 *
 * Times are of the host, in milliseconds.
 */

/** How long a claim waits for an owner that does not answer and is about to go, such as the same page before a reload. */
const PATIENCE = 5000;
/** How long an owner may take to store what it has and to go. After that the cluster is taken from it. */
const HANDOVER = 5000;
/** How long an owner without a lock may take to say that it is there. */
const ANSWER = 400;

/** On the channel. */
type Word =
  /** Is somebody there? */
  | { readonly type: "ask" }
  | { readonly type: "held" }
  /** Store everything and go. */
  | { readonly type: "yield" }
  | { readonly type: "yielded" };

export interface Ownership {
  /** Another tab may have the cluster. */
  release(): void;
}

export interface OwnershipOptions {
  readonly cluster: string;
  /** An owner that is there has to go. */
  readonly takeOver: boolean;
  /** Another tab wants the cluster: what there is is to be stored, then `release` is to be called. */
  onYield(): void;
  /** Another tab has the cluster, and this one may write no more. */
  onLost(): void;
}

/** Web Locks, where there are any. */
const webLocks = () => (typeof navigator === "undefined" ? undefined : navigator.locks);
const lockName = (cluster: string) => `tabernetes/${cluster}`;

/**
 * Has a worker of this browser the cluster's lock? Its page may be about to go. Where
 * there are no Web Locks nobody knows, and the answer is no.
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
