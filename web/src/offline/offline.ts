/**
 * The page's use without a network, and its new versions: it has a worker keep the build
 * that the site has (worker/keeper.ts), registers the service worker that answers with it,
 * and has the learner decide when a new build takes the place of this one. It is loaded
 * when the control plane runs, by the whole page alone: a frame of another site keeps
 * nothing.
 */
import { QUIET_MILLISECONDS, savesData, whenLeftAlone } from "../app/idle.ts";
import { rememberBuilds } from "../app/storedbuilds.ts";
import { buildAddress, ownBuild } from "../dom/buildaddress.ts";
import { siteAddress } from "../loading/files.ts";
import { Builds } from "../protocol/builds.ts";
import { type KeeperMessage, LOCKS } from "./messages.ts";
import { SharedLock } from "./sharedlock.ts";
import { type Facts, type Failure, type OfflineActs, type OfflineState, stateOf } from "./state.ts";

/** Host milliseconds after which a page that stays open looks for a new version again. */
const LOOK_INTERVAL = 3_600_000;

/** Nothing to keep: whoever serves the page on this machine needs no network for it. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

export interface OfflineOptions {
  /** Whether the page is in the middle of a lesson. */
  inLesson(): boolean;
  /** Calls the listener when that may have changed. */
  onLesson(listener: () => void): void;
  /** Resolves when all of the cluster is stored. */
  flush(): Promise<void>;
  show(state: OfflineState, acts: OfflineActs): void;
}

/** Shows what there is to say and, when the page is left alone, keeps the site; does neither where a browser or a host does not allow it. */
export async function offerOffline(options: OfflineOptions): Promise<void> {
  const own = ownBuild();
  if (own !== undefined && isPossible()) {
    await new Offline(own, options).start();
  }
}

/**
 * A page over plain http and a frame without storage cannot keep anything, and a page in
 * a frame, as that of a school's system, is not what a learner opens again.
 */
function isPossible(): boolean {
  try {
    return (
      window.parent === window &&
      navigator.serviceWorker !== undefined &&
      navigator.locks !== undefined &&
      globalThis.caches !== undefined &&
      globalThis.CompressionStream !== undefined
    );
  } catch {
    return false;
  }
}

class Offline {
  readonly #options: OfflineOptions;
  readonly #site = siteAddress("./");
  readonly #builds = new Builds(caches, this.#site);
  /** Tells the other tabs which build there is. */
  readonly #channel = new BroadcastChannel(`${this.#site} builds`);
  #facts: Facts;
  #shown: OfflineState | undefined;
  #keeping: Promise<void> | undefined;
  #looked = performance.now();
  readonly #lesson = new SharedLock(LOCKS.lesson(this.#site));

  constructor(own: string, options: OfflineOptions) {
    this.#options = options;
    this.#facts = { own, whole: [], inLesson: options.inLesson() };
  }

  async start(): Promise<void> {
    const { own } = this.#facts;
    // While it is held nobody deletes the files of this page's build.
    new SharedLock(LOCKS.build(this.#site, own)).hold(true);
    this.#lesson.hold(this.#facts.inLesson);
    this.#options.onLesson(() => this.#followLesson());
    this.#channel.addEventListener("message", ({ data }) => void this.#learn(String(data)));
    await this.#learn(await this.#builds.current());
    const isKept = this.#facts.whole.includes(own);
    if (isKept) {
      whenLeftAlone(QUIET_MILLISECONDS.cached, () => void this.#keep(false));
    } else if (!navigator.webdriver && !LOOPBACK.includes(location.hostname)) {
      whenLeftAlone(QUIET_MILLISECONDS.network, () => void this.#keep(false));
    }
    window.addEventListener("online", () => this.#lookAgain());
    document.addEventListener("visibilitychange", () => this.#lookAgain());
    setInterval(() => this.#lookAgain(), LOOK_INTERVAL);
  }

  /** Looks for a new version if one of this site's builds is kept. */
  #lookAgain(): void {
    const isDue = performance.now() - this.#looked >= LOOK_INTERVAL;
    if (isDue && !document.hidden && !savesData() && this.#facts.whole.length > 0) {
      void this.#keep(false);
    }
  }

  #update(facts: Partial<Facts>): void {
    this.#facts = { ...this.#facts, ...facts };
    const state = stateOf(this.#facts);
    // What the learner has dismissed is not shown again.
    if (JSON.stringify(state) !== JSON.stringify(this.#shown)) {
      this.#shown = state;
      this.#options.show(state, { keep: () => void this.#keep(true), renew: () => void this.#renew() });
    }
  }

  /** There is a build, or another tab has gone over to it. */
  async #learn(newest: string | undefined): Promise<void> {
    const whole = await this.#builds.whole();
    rememberBuilds(whole);
    const isThere = newest !== undefined && whole.includes(newest);
    this.#update(isThere ? { whole, newest } : { whole });
  }

  #keep(isAsked: boolean): Promise<void> {
    this.#keeping ??= this.#register()
      .then(() => this.#runKeeper(isAsked))
      // A host that sends the service worker as something else; the page goes on without.
      .catch((error: unknown) => this.#fail({ reason: "foreign", message: String(error) }, isAsked))
      .finally(() => {
        this.#keeping = undefined;
      });
    return this.#keeping;
  }

  async #register(): Promise<void> {
    this.#looked = performance.now();
    await navigator.serviceWorker.register(siteAddress("sw.js"));
  }

  #fail(failure: Failure, isAsked: boolean): void {
    const { share, ...facts } = this.#facts;
    this.#facts = facts;
    this.#update(isAsked || failure.reason === "room" ? { failure } : {});
  }

  #runKeeper(isAsked: boolean): Promise<void> {
    this.#update({ share: 0 });
    const worker = new Worker(buildAddress("keeper.js"));
    const ended = new Promise<void>((resolve, reject) => {
      worker.addEventListener("error", () => reject(new Error("the worker could not be loaded")));
      worker.addEventListener("message", ({ data }: MessageEvent<KeeperMessage>) => {
        switch (data.type) {
          case "progress":
            this.#update({ share: data.share });
            break;
          case "kept":
            resolve(this.#kept(data.build));
            break;
          case "failed":
            this.#fail({ reason: data.reason, message: data.message }, isAsked);
            resolve();
            break;
          default:
            data satisfies never;
        }
      });
    });
    return ended.finally(() => worker.terminate());
  }

  async #kept(build: string): Promise<void> {
    const { share, failure, ...facts } = this.#facts;
    this.#facts = facts;
    // A page of the site's newest build is what the learner has already agreed to.
    if (build === facts.own) {
      await this.#show(build);
    }
    await this.#learn(build);
    this.#channel.postMessage(build);
  }

  /** Has a build shown to who opens the site, unless a page is in the middle of a lesson. */
  #show(build: string): Promise<boolean> {
    return navigator.locks.request(LOCKS.lesson(this.#site), { ifAvailable: true }, async (free) => {
      if (free === null && (await this.#builds.current()) !== undefined) {
        return false;
      }
      await this.#builds.setCurrent(build);
      return true;
    });
  }

  async #renew(): Promise<void> {
    const { newest } = this.#facts;
    if (newest === undefined) {
      return;
    }
    if (await this.#show(newest)) {
      await this.#options.flush().catch(() => undefined);
      location.reload();
    } else {
      this.#update({ lessonElsewhere: true });
      // Offered again when that lesson is over.
      await navigator.locks.request(LOCKS.lesson(this.#site), { mode: "exclusive" }, () => undefined);
      this.#update({ lessonElsewhere: false });
    }
  }

  #followLesson(): void {
    const inLesson = this.#options.inLesson();
    this.#lesson.hold(inLesson);
    this.#update({ inLesson });
  }
}
