import type { Tabernetes } from "../client/api.ts";
import { Emitter } from "../client/emitter.ts";
import { errorOf } from "../client/errors.ts";
import { loadText } from "../language/language.ts";
import { UNLIMITED_RATE } from "../protocol/clock.ts";
import type { FileSource } from "../protocol/exchange.ts";
import type { LessonEvents, LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { School } from "../school/school.ts";
import { Clusters } from "../storage/clusters.ts";
import { Directory } from "../storage/directory.ts";
import { LinkError, readLink } from "../storage/link.ts";
import { PageStore } from "../storage/pagestore.ts";
import { type Assembly, assemble } from "./assembly.ts";
import { chosenLanguage, chosenTheme } from "./chosen.ts";
import { QUIET_MILLISECONDS, whenIdle, whenLeftAlone } from "./idle.ts";
import { addressOf, keepClock, persistOnFirstChange, takeMessage } from "./keeping.ts";
import { bootOf, loadStart, wantedLesson } from "./lessonstart.ts";
import type { SiteModule } from "./modules.ts";
import { readQuery } from "./query.ts";

declare global {
  interface Window {
    /** The page's interface for those who embed or test it. */
    tabernetes: Tabernetes;
  }
}

/** Stores an image unpacked, so that the next visit need not unpack it. */
async function keepUnpacked(image: FileSource): Promise<void> {
  const { keepImage } = await import("./imagekeeper.ts");
  await keepImage(image);
}

/** What the use without a network needs of the page. */
interface Offering extends Pick<Assembly, "client" | "page"> {
  readonly store: PageStore;
  readonly lessonEvents: Emitter<LessonEvents>;
}

/** The worker that was started before this script, once. */
function takeEarlyWorker(): Worker | undefined {
  const worker = window.earlyWorker;
  window.earlyWorker = undefined;
  return worker;
}

/** The school's system that has opened this page, where it comes from a package for one. */
async function schoolOf(): Promise<School | undefined> {
  if (!document.documentElement.hasAttribute("data-school")) {
    return undefined;
  }
  const { openSchool } = await import("../school/school.ts");
  return openSchool(window);
}

/** Has the page be used without a network, and say when there is a new version. */
async function offer({ client, store, page, lessonEvents }: Offering): Promise<void> {
  const { offerOffline } = await import("../offline/offline.ts");
  await offerOffline({
    inLesson: () => {
      const { step, passed = [] } = store.state.lesson ?? {};
      return step !== undefined && !passed.includes(step);
    },
    onLesson: (listener) => {
      for (const event of ["step", "check", "complete"] as const) {
        lessonEvents.on(event, listener);
      }
    },
    flush: async () => {
      await Promise.all([client.flush(), store.flush()]);
    },
    show: (state, acts) => page.showOffline(state, acts),
  });
}

/** Puts the page together from its address and what this browser has stored. */
async function open(): Promise<void> {
  const query = readQuery(location.search, () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1);
  // 1. What the address carries, what this browser keeps, and the language's texts.
  const language = chosenLanguage(query);
  const school = await schoolOf();
  const storage = school?.keepsLesson ? "memory" : query.boot.storage;
  const [text, link, directory] = await Promise.all([
    // Then the page begins in English and requests them again.
    loadText(language).catch(() => undefined),
    readLink(location.hash).catch((error: unknown) => (error instanceof LinkError ? error : null)),
    storage === "memory" ? undefined : Directory.open(),
  ]);
  const clusters = directory?.persistent === true ? new Clusters(directory) : undefined;
  const archive = link instanceof Uint8Array ? link : null;
  /** A link never takes the place of a cluster that is there. */
  const cluster = archive === null ? query.boot.cluster : ((await clusters?.freeName("shared")) ?? "shared");
  const store = await PageStore.open(directory, cluster);
  const lesson = wantedLesson(query, store.state, new URL(document.baseURI));
  const start = await loadStart(lesson);
  const kept = store.state.clock;
  const bootFor = (start: LessonStart | undefined): BootOptions => ({
    ...bootOf(query, start),
    cluster,
    storage,
    rate: query.rateGiven || kept === undefined ? query.boot.rate : (kept.rate ?? UNLIMITED_RATE),
    paused: kept?.paused ?? false,
  });
  const boot = bootFor(start);

  // 2. The page with its control plane and kubectl.
  const root = document.getElementById("page");
  if (root === null) {
    throw new Error("the document has no element for the page");
  }
  const message = takeMessage();
  const lessonEvents = new Emitter<LessonEvents>();
  const { client, kubectl, desk, page, api, modules } = assemble({
    root,
    boot,
    store,
    directory,
    clusters,
    takeWorker: takeEarlyWorker,
    navigate: (name) => location.assign(addressOf({ cluster: name })),
    lessonEvents,
    theme: chosenTheme(query),
    language,
    text,
    lesson,
    bootFor,
    lessonQuery: query.lesson,
    keeper: school,
    seed: boot.seed,
    rate: query.rateGiven ? query.boot.rate : 1,
    link: message.refused === undefined ? link : errorOf(message.refused),
  });
  window.tabernetes = api;
  if (school?.trouble !== undefined) {
    page.report(school.trouble);
  }

  // 3. What it keeps, and what it loads ahead of need.
  keepClock(client, store);
  persistOnFirstChange(client);
  client.on("ready", () => void directory?.visit(cluster, Date.now()).catch(() => undefined));
  const ahead = (module: SiteModule) => () =>
    whenIdle(QUIET_MILLISECONDS.network, () => void module.fetchAhead().catch(() => undefined));
  client.on("ready", ahead(modules.controlplane));
  kubectl.on("ready", ahead(modules.kubectl));
  const keep = (module: SiteModule, point: "built" | "ready") => () =>
    whenLeftAlone(
      QUIET_MILLISECONDS.cached,
      () => void keepUnpacked(module.image(point)).catch(() => undefined),
    );
  client.on("ready", keep(modules.controlplane, storage === "memory" ? "ready" : "built"));
  kubectl.on("ready", keep(modules.kubectl, "built"));
  const forget = client.on("ready", () => {
    forget();
    void offer({ client, store, page, lessonEvents }).catch(() => undefined);
  });
  client.on("taken", () => store.freeze());
  addEventListener("pagehide", () => void client.flush().catch(() => undefined));

  // 4. It starts.
  if (message.takeOver === true) {
    client.takeOver();
  } else {
    client.start(archive);
  }
  if (archive !== null) {
    client.ready.then(
      async () => {
        desk.adopt(await client.check(archive));
        if (client.storage?.state === "ok") {
          // From now on it is like any other cluster of this browser.
          history.replaceState(null, "", addressOf({ cluster }));
        }
      },
      () => undefined,
    );
  }
}

void open();
