import { type Assembly, assemble } from "../app/assembly.ts";
import type { Theme } from "../app/frame/theme.ts";
import { bootOf, loadStart, wantedLesson } from "../app/lessonstart.ts";
import { Emitter } from "../client/emitter.ts";
import { type Language, loadText } from "../language/language.ts";
import type { Wanted } from "../lessons/wanted.ts";
import { siteAddress } from "../loading/files.ts";
import type { HostMessage } from "../protocol/embedding.ts";
import type { LessonEvents, LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import { PageStore } from "../storage/pagestore.ts";
import type { Beginning } from "./beginning.ts";
import type { Host } from "./host.ts";
import { isLesson, type PlaygroundOptions } from "./options.ts";
import { Service } from "./service.ts";
import { Sleep } from "./sleep.ts";
import type { Words } from "./words.ts";

export interface SessionOptions {
  /** The element that the page fills. */
  readonly root: HTMLElement;
  readonly options: PlaygroundOptions;
  readonly beginning: Beginning;
  readonly language: Language;
  readonly theme: Theme;
  readonly words: Words;
  readonly host: Host;
  takeWorker(): Worker | undefined;
}

/** Names nothing that is stored: a playground is in memory. */
const CLUSTER = "playground";

/** A playground that was started: the page's panels around a control plane, with what it begins with. */
export class Session {
  readonly #assembly: Assembly;
  readonly #beginning: Beginning;
  readonly #host: Host;
  readonly #service: Service;
  readonly #sleep: Sleep;
  /** The cluster is what the playground begins with. */
  #begun: Promise<unknown>;

  static async start(session: SessionOptions): Promise<Session> {
    const { options } = session;
    // Any other source is a manifest.
    const source = isLesson(options.source) ? options.source : undefined;
    const query = { ...options.query, lesson: { ...options.query.lesson, source: source?.href } };
    const lesson = wantedLesson(query, {}, new URL(location.href));
    const [text, store, start] = await Promise.all([
      // Then the page begins in English and requests them again.
      loadText(session.language).catch(() => undefined),
      PageStore.open(undefined, CLUSTER),
      loadStart(lesson),
    ]);
    const { manifest } = session.beginning;
    if (manifest !== undefined) {
      store.set("editor", { files: [manifest], active: manifest.file });
    }
    const bootFor = (start: LessonStart | undefined): BootOptions => ({
      ...bootOf(query, start),
      cluster: CLUSTER,
      storage: "memory",
    });
    return new Session(session, lesson, bootFor, start, store, text);
  }

  private constructor(
    { root, options, beginning, language, theme, words, host, takeWorker }: SessionOptions,
    lesson: Wanted | undefined,
    bootFor: (start: LessonStart | undefined) => BootOptions,
    start: LessonStart | undefined,
    store: PageStore,
    text: Awaited<ReturnType<typeof loadText>> | undefined,
  ) {
    const { query, panes, readOnly, hideHints } = options;
    const boot = bootFor(start);
    const lessonEvents = new Emitter<LessonEvents>();
    const whole = (): Promise<string> =>
      this.#assembly.desk.link(siteAddress("./")).catch(() => siteAddress("./"));
    this.#beginning = beginning;
    this.#host = host;
    this.#assembly = assemble({
      root,
      boot,
      store,
      directory: undefined,
      clusters: undefined,
      takeWorker,
      navigate: () => undefined,
      lessonEvents,
      layout: { panes, readOnly, hideHints, wholePage: whole },
      theme,
      language,
      text,
      lesson,
      bootFor,
      lessonQuery: hideHints ? { ...query.lesson, shows: { hints: false, solutions: false } } : query.lesson,
      seed: boot.seed,
      rate: query.rateGiven ? query.boot.rate : 1,
      link: null,
    });
    const { client, kubectl, desk, api } = this.#assembly;
    this.#service = new Service(api, (message, transfer) => host.post(message, transfer));
    this.#sleep = new Sleep({ root, words, client, kubectl, onWake: () => host.post({ type: "runs" }) });
    for (const name of ["step", "check", "complete"] as const) {
      lessonEvents.on(name, (detail) => host.emit(name, detail));
    }
    client.on("frame", (frame) => host.emit("change", frame));
    client.on("panic", ({ message }) => this.#fail(message));
    host.post({ type: "runs" });
    client.start(beginning.archive ?? null);
    this.#begun = client.ready.then(
      async ({ version, bootMilliseconds }) => {
        if (beginning.archive !== undefined) {
          desk.adopt(await client.check(beginning.archive));
        } else {
          await this.#begin();
        }
        host.emit("ready", { version, bootMilliseconds });
        // From now on a new cluster is one after a reset.
        client.on("ready", ({ restored }) => {
          if (!restored) {
            this.#begun = this.#begin();
          }
        });
      },
      // The panic reports it.
      () => undefined,
    );
  }

  /** Answers a request of the page that shows the frame, for which a resting playground wakes. */
  receive(message: Extract<HostMessage, { readonly id: number }>): void {
    if (message.type === "call" || message.type === "fetch") {
      void this.#sleep
        .wake()
        .then(() => this.#begun)
        .then(() => this.#service.receive(message));
    } else {
      this.#service.receive(message);
    }
  }

  rest(): void {
    void this.#sleep.rest();
  }

  goOn(): void {
    void this.#sleep.wake();
  }

  showTheme(theme: Theme): void {
    this.#assembly.page.showTheme(theme);
  }

  /** Brings a new cluster to what the playground begins with. */
  async #begin(): Promise<void> {
    const { manifest, archive } = this.#beginning;
    const { client } = this.#assembly;
    try {
      if (archive !== undefined) {
        await client.replace(archive);
      } else if (manifest !== undefined) {
        const { results } = await client.apply(manifest.yaml);
        for (const result of results) {
          if ("error" in result) {
            this.#fail(result.error.message);
          }
        }
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(message: string): void {
    this.#host.emit("error", { message });
    this.#assembly.page.report(new Error(message));
  }
}
