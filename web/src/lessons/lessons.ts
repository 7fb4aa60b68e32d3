import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import { LANGUAGE_TAGS, type Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import { type LessonEntry, languageFor, loadCatalogue, titleIn } from "./catalogue.ts";
import { ClassReporter } from "./classreport.ts";
import { findLesson, readLesson } from "./finding.ts";
import type { LessonFiles } from "./foreign/kept.ts";
import { acceptLessons, openingView } from "./foreign/opening.ts";
import { problemList } from "./foreign/problems.ts";
import { reviewView } from "./foreign/review.ts";
import { sayFilesFault } from "./foreign/words.ts";
import type { LessonHost } from "./host.ts";
import { LessonView, type Reading } from "./lessonview.ts";
import { Overview } from "./overview.ts";
import { Player } from "./player.ts";
import { noteLesson } from "./progress.ts";
import { score } from "./record.ts";
import { Reports } from "./reports.ts";
import { Resumption } from "./resumption.ts";
import { LessonRun } from "./run.ts";
import type { LessonSource } from "./source.ts";
import type { Wanted } from "./wanted.ts";

/** What is shown: all lessons, that of this page's cluster, or one from outside that is not begun. */
type Shown =
  | { readonly kind: "overview"; readonly view: Overview }
  | { readonly kind: "lesson"; readonly view: LessonView }
  | { readonly kind: "review"; readonly view: { readonly element: HTMLElement } };

/** The lesson of this page's cluster, under way. */
interface Current {
  readonly source: LessonSource;
  readonly run: LessonRun;
  readonly player: Player;
}

/** The panel of the lessons: an overview of all, and the one that this page's cluster is for. */
export class Lessons {
  readonly element: HTMLElement;
  readonly #host: LessonHost;
  readonly #wanted: Wanted | undefined;
  readonly #notice = html("p", { class: "lesson-notice", role: "status" });
  readonly #content = html("div");
  readonly #reporter: ClassReporter | undefined;
  readonly #reports: Reports;
  #text: Text;
  #language: Language;
  #catalogue: readonly LessonEntry[] = [];
  #current: Current | undefined;
  /** A lesson from outside that is not begun. */
  #opened: LessonSource | undefined;
  #shown: Shown | undefined;
  /** What could not be done. */
  #trouble: ((text: Text) => string) | undefined;
  #reading: Reading = "steps";
  /** Where in the lesson's text the learner has gone to. */
  #place: number | undefined;
  #loading = 0;
  /** Undefined where no school's system has opened the page. */
  readonly #resumption: Resumption | undefined;

  /** `wanted`: the lesson of this page's cluster. */
  constructor(host: LessonHost, language: Language, text: Text, wanted: Wanted | undefined) {
    this.#host = host;
    this.#reports = new Reports(host.events);
    this.#language = language;
    this.#text = text;
    this.#wanted = wanted;
    this.#reporter = host.classroom === undefined ? undefined : new ClassReporter(host.classroom, text);
    this.#resumption =
      host.keeper === undefined
        ? undefined
        : new Resumption(host.keeper, (error) => setText(this.#notice, messageOf(error)));
    this.element = html(
      "div",
      { class: "lessons", tabindex: 0 },
      this.#reporter?.element,
      this.#notice,
      this.#content,
    );
    acceptLessons(this.element, (files) => void this.#open(files));
    void this.#start();
  }

  localize(language: Language, text: Text): void {
    const changed = text !== this.#text || language !== this.#language;
    this.#language = language;
    this.#text = text;
    if (changed) {
      this.#reporter?.localize(text);
      void this.#show(this.#shown?.kind ?? "lesson");
    }
  }

  destroy(): void {
    this.#loading++;
    this.#current?.run.destroy();
    this.element.remove();
  }

  async #start(): Promise<void> {
    const wanted = this.#wanted;
    try {
      this.#catalogue = await loadCatalogue();
      if (wanted !== undefined) {
        this.#sayReading(wanted.kind !== "site");
        await this.#find(wanted);
      }
    } catch (error) {
      this.#trouble = (text) => sayFilesFault(error, text);
    }
    await this.#show("lesson");
  }

  /** Finds the lesson of this page's cluster, in the state that a school's system has of it. */
  async #find(wanted: Wanted): Promise<void> {
    const { run: host } = this.#host;
    const elsewhere = wanted.kind === "site" ? this.#resumption?.kept(wanted.id) : undefined;
    const { client, seed } = host;
    const kept = elsewhere === undefined ? host : { client, seed, load: () => elsewhere };
    this.#take(await findLesson(wanted, this.#catalogue, kept));
    if (elsewhere !== undefined && this.#current !== undefined) {
      this.#resumption?.goOn(this.#current.run, this.#current.player, elsewhere);
    }
  }

  #sayReading(isForeign: boolean): void {
    setText(this.#notice, isForeign ? this.#text.learning.foreign.reading : "");
  }

  /** The lesson that this page's cluster is for was found. */
  #take(source: LessonSource | undefined): void {
    this.#current?.run.destroy();
    this.#current = undefined;
    this.#opened = source?.playable === false ? source : undefined;
    if (source?.playable === true) {
      const { run: host, isOwn } = this.#host;
      const isTheirs = this.#wanted !== undefined && isOwn(this.#wanted);
      if (source.files !== undefined && isTheirs) {
        host.keep(source.files);
      }
      const run = new LessonRun(host, source.runnable, isTheirs, () => this.#changed());
      this.#current = { source, run, player: new Player(host, run, () => source.solution()) };
    }
  }

  /** A lesson from outside was chosen or dropped. */
  async #open(reading: Promise<LessonFiles>): Promise<void> {
    const { openForeign, run } = this.#host;
    this.#trouble = undefined;
    this.#sayReading(true);
    try {
      const files = await reading;
      const source = await readLesson(files, run);
      if (source.playable && source.problems.length === 0 && openForeign !== undefined) {
        await openForeign(files);
        return;
      }
      this.#opened = source;
      await this.#show("review");
      this.#content.querySelector("h2")?.focus();
    } catch (error) {
      this.#trouble = (text) => sayFilesFault(error, text);
      await this.#show(this.#shown?.kind ?? "overview");
    }
  }

  /** Begins what was opened: in a cluster of its own, or in this one where no other can be stored. */
  async #begin(source: LessonSource): Promise<void> {
    const { openForeign, run } = this.#host;
    try {
      if (openForeign !== undefined && source.files !== undefined) {
        await openForeign(source.files);
        return;
      }
      await run.reset(source.runnable.plan.start);
      this.#take(source);
      await this.#show("lesson");
    } catch (error) {
      this.#trouble = () => messageOf(error);
      await this.#show("review");
    }
  }

  async #show(kind: Shown["kind"]): Promise<void> {
    const turn = ++this.#loading;
    try {
      const shown = await this.#make(kind);
      if (turn === this.#loading) {
        this.#put(shown);
      }
    } catch (error) {
      if (turn === this.#loading) {
        setText(this.#notice, messageOf(error));
      }
    }
  }

  /** The overview stands for what there is not. */
  async #make(kind: Shown["kind"]): Promise<Shown> {
    if (kind === "lesson" && this.#current !== undefined) {
      return this.#lesson(this.#current);
    }
    return kind !== "overview" && this.#opened !== undefined ? this.#review(this.#opened) : this.#overview();
  }

  #put(shown: Shown): void {
    if (this.#shown?.kind === "lesson") {
      this.#shown.view.destroy();
    }
    this.#shown = shown;
    this.#content.replaceChildren(shown.view.element);
    this.element.scrollTop = 0;
    setText(this.#notice, this.#noticeOf(shown));
    this.#changed();
  }

  #noticeOf({ kind }: Shown): string {
    const wanted = this.#wanted;
    if (this.#trouble !== undefined) {
      return this.#trouble(this.#text);
    }
    if (this.#catalogue.length === 0 && kind === "overview") {
      return this.#text.noLessons;
    }
    if (kind === "overview" && wanted?.kind === "site" && this.#current === undefined) {
      return this.#text.lessonMissing(wanted.id);
    }
    const entry = this.#current?.source.entry;
    const isOther = entry !== undefined && languageFor(entry, this.#language) !== this.#language;
    return kind === "lesson" && isOther ? this.#text.lessonOtherLanguage : "";
  }

  #overview(): Shown {
    const { progress, home, addressOf, download } = this.#host;
    const view = new Overview({
      catalogue: this.#catalogue,
      progress,
      language: this.#language,
      text: this.#text,
      current: this.#current?.source,
      opening: openingView(this.#text, (files) => void this.#open(files)),
      home,
      addressOf: (id) => addressOf({ kind: "site", id }),
      download,
      onCurrent: () => void this.#show("lesson"),
    });
    return { kind: "overview", view };
  }

  #review(source: LessonSource): Shown {
    const { foreign } = this.#text.learning;
    const label = this.#host.openForeign === undefined ? foreign.beginHere : foreign.begin;
    const element = reviewView({
      source,
      language: this.#language,
      text: this.#text,
      begin: { label, act: () => void this.#begin(source) },
      onAll: () => {
        this.#trouble = undefined;
        void this.#show("overview");
      },
    });
    return { kind: "review", view: { element } };
  }

  async #lesson({ source, run, player }: Current): Promise<Shown> {
    const { entry } = source;
    const language = languageFor(entry, this.#language);
    const lesson = await source.text(language);
    const { blocks, shows, sandbox, home, addressOf } = this.#host;
    const after = this.#catalogue[this.#catalogue.indexOf(entry) + 1];
    const next = this.#catalogue.includes(entry) && after?.course === entry.course ? after : undefined;
    const view = new LessonView({
      run,
      player,
      blocks,
      lesson,
      problems: problemList(source.problems, this.#text),
      language,
      text: this.#text,
      pageLanguage: this.#language,
      shows,
      reading: this.#reading,
      place: this.#place,
      sandbox,
      home,
      own: this.#wanted === undefined ? home : addressOf(this.#wanted),
      next:
        next === undefined
          ? undefined
          : { title: titleIn(next, this.#language), address: addressOf({ kind: "site", id: next.id }) },
      onAll: () => void this.#show("overview"),
      onRead: (reading) => {
        this.#reading = reading;
      },
      onPlace: (place) => {
        this.#place = place;
      },
    });
    return { kind: "lesson", view };
  }

  /** The lesson has gone on. */
  #changed(): void {
    if (this.#current === undefined) {
      return;
    }
    const { source, run } = this.#current;
    const titled = { title: titleIn(source.entry, this.#language), language: LANGUAGE_TAGS[this.#language] };
    this.#resumption?.tell(run, titled, () => this.#changed());
    if (run.record.begun) {
      this.#noteProgress(source, run);
      this.#reporter?.tell({
        lesson: titleIn(source.entry, this.#language),
        passed: run.record.passed.length,
        steps: run.steps.length,
      });
    }
    const shown = this.#shown;
    if (shown?.kind !== "review") {
      shown?.view.update();
    }
    this.#reports.tell(run, (step) => (shown?.kind === "lesson" ? shown.view.missing(step) : ""));
  }

  /** How far somebody is in a lesson from outside is kept with its cluster only. */
  #noteProgress({ runnable }: LessonSource, { id, record }: LessonRun): void {
    const { progress } = this.#host;
    if (runnable.foreign === true) {
      return;
    }
    const before = progress.load();
    const after = noteLesson(before, id, { passed: record.passed, ...score(record) });
    if (JSON.stringify(after[id]) !== JSON.stringify(before[id])) {
      progress.save(after);
    }
  }
}
