import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import { LANGUAGE_TAGS, type Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import {
  folderOf,
  type LessonEntry,
  languageFor,
  loadCatalogue,
  loadFiles,
  loadPlan,
  loadSolution,
  loadText,
  titleIn,
} from "./catalogue.ts";
import { ClassReporter } from "./classreport.ts";
import type { LessonHost } from "./host.ts";
import { LessonView, type Reading } from "./lessonview.ts";
import { Overview } from "./overview.ts";
import { Player } from "./player.ts";
import { noteLesson } from "./progress.ts";
import { type LessonRecord, score } from "./record.ts";
import { Reports } from "./reports.ts";
import { LessonRun } from "./run.ts";

/** What is shown: all lessons, or that of this page's cluster. */
type Shown =
  | { readonly kind: "overview"; readonly view: Overview }
  | { readonly kind: "lesson"; readonly view: LessonView };

/** The panel of the lessons: an overview of all, and the one that this page's cluster is for. */
export class Lessons {
  readonly element: HTMLElement;
  readonly #host: LessonHost;
  readonly #wanted: string | undefined;
  readonly #notice = html("p", { class: "lesson-notice", role: "status" });
  readonly #content = html("div");
  readonly #reporter: ClassReporter | undefined;
  readonly #reports: Reports;
  #text: Text;
  #language: Language;
  #catalogue: readonly LessonEntry[] = [];
  #run: LessonRun | undefined;
  #player: Player | undefined;
  #shown: Shown | undefined;
  #reading: Reading = "steps";
  /** Where in the lesson's text the learner has gone to. */
  #place: number | undefined;
  /** Where the files of this page's lesson are. */
  #folder = "";
  #loading = 0;
  /** Brings the lesson to where the learner was elsewhere; undefined once it is there. */
  #resume: (() => Promise<void>) | undefined;
  #isResuming = false;

  /** `wanted`: id of the lesson of this page's cluster. */
  constructor(host: LessonHost, language: Language, text: Text, wanted: string | undefined) {
    this.#host = host;
    this.#reports = new Reports(host.events);
    this.#language = language;
    this.#text = text;
    this.#wanted = wanted;
    this.#reporter = host.classroom === undefined ? undefined : new ClassReporter(host.classroom, text);
    this.element = html(
      "div",
      { class: "lessons", tabindex: 0 },
      this.#reporter?.element,
      this.#notice,
      this.#content,
    );
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
    this.#run?.destroy();
    this.element.remove();
  }

  async #start(): Promise<void> {
    try {
      this.#catalogue = await loadCatalogue();
      const entry = this.#entry;
      if (entry !== undefined) {
        const elsewhere = this.#host.keeper?.kept(entry.id);
        const kept = elsewhere ?? this.#host.run.load();
        const given = kept?.id === entry.id ? kept.variant : undefined;
        const folder = folderOf(entry, this.#host.run.seed, given);
        this.#folder = folder;
        const plan = await loadPlan(folder);
        const [files, manifests] = await Promise.all([
          loadFiles(folder, plan.files),
          loadFiles(folder, plan.start.manifests),
        ]);
        const runnable = { id: entry.id, plan, files, manifests };
        const run = new LessonRun(this.#host.run, runnable, this.#host.isOwn(entry.id), () =>
          this.#changed(),
        );
        this.#run = run;
        const player = new Player(this.#host.run, run, () => loadSolution(folder));
        this.#player = player;
        if (elsewhere !== undefined && elsewhere.passed.length > 0) {
          this.#resume = () => resumeLesson(run, player, elsewhere);
        }
      }
    } catch (error) {
      setText(this.#notice, messageOf(error));
      return;
    }
    await this.#show("lesson");
  }

  get #entry(): LessonEntry | undefined {
    return this.#catalogue.find(({ id }) => id === this.#wanted);
  }

  async #show(kind: Shown["kind"]): Promise<void> {
    const turn = ++this.#loading;
    const entry = this.#entry;
    try {
      const shown =
        kind === "lesson" && entry !== undefined && this.#run !== undefined && this.#player !== undefined
          ? await this.#lesson(entry, this.#run, this.#player)
          : this.#overview();
      if (turn === this.#loading) {
        this.#put(shown);
      }
    } catch (error) {
      if (turn === this.#loading) {
        setText(this.#notice, messageOf(error));
      }
    }
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
    const entry = this.#entry;
    if (this.#catalogue.length === 0) {
      return this.#text.noLessons;
    }
    if (this.#wanted !== undefined && entry === undefined) {
      return this.#text.lessonMissing(this.#wanted);
    }
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
      current: this.#entry?.id,
      home,
      addressOf,
      download,
      onCurrent: () => void this.#show("lesson"),
    });
    return { kind: "overview", view };
  }

  async #lesson(entry: LessonEntry, run: LessonRun, player: Player): Promise<Shown> {
    const language = languageFor(entry, this.#language);
    const lesson = await loadText(this.#folder, language);
    const { blocks, shows, sandbox, home, addressOf } = this.#host;
    const after = this.#catalogue[this.#catalogue.indexOf(entry) + 1];
    const next = after?.course === entry.course ? after : undefined;
    const view = new LessonView({
      run,
      player,
      blocks,
      lesson,
      language,
      text: this.#text,
      pageLanguage: this.#language,
      shows,
      reading: this.#reading,
      place: this.#place,
      sandbox,
      home,
      own: addressOf(entry.id),
      next:
        next === undefined
          ? undefined
          : { title: titleIn(next, this.#language), address: addressOf(next.id) },
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
    const run = this.#run;
    const entry = this.#entry;
    if (run === undefined || entry === undefined) {
      return;
    }
    const { progress } = this.#host;
    const before = progress.load();
    const after = noteLesson(before, run.id, { passed: run.record.passed, ...score(run.record) });
    if (run.record.begun && JSON.stringify(after[run.id]) !== JSON.stringify(before[run.id])) {
      progress.save(after);
    }
    this.#tellKeeper(run, entry);
    if (run.record.begun) {
      this.#reporter?.tell({
        lesson: titleIn(entry, this.#language),
        passed: run.record.passed.length,
        steps: run.steps.length,
      });
    }
    const shown = this.#shown;
    shown?.view.update();
    this.#reports.tell(run, (step) => (shown?.kind === "lesson" ? shown.view.missing(step) : ""));
  }

  /** Tells a school's system how far the learner is, once the lesson is where it was. */
  #tellKeeper(run: LessonRun, entry: LessonEntry): void {
    const { keeper } = this.#host;
    if (keeper === undefined || run.phase !== "running" || this.#isResuming) {
      return;
    }
    const standing = () => ({
      record: run.record,
      steps: run.steps,
      title: titleIn(entry, this.#language),
      language: LANGUAGE_TAGS[this.#language],
    });
    const resume = this.#resume;
    if (resume === undefined) {
      this.#attempt(() => keeper.note(standing(), false));
      return;
    }
    // The first step is under way in a moment.
    if (run.record.step === undefined) {
      return;
    }
    this.#resume = undefined;
    this.#isResuming = true;
    resume()
      .catch((error: unknown) => setText(this.#notice, messageOf(error)))
      .finally(() => {
        this.#isResuming = false;
        this.#attempt(() => keeper.note(standing(), true));
        this.#changed();
      });
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      setText(this.#notice, messageOf(error));
    }
  }
}

/** Passes by their solutions the steps that were passed elsewhere, and takes over what was predicted in them. */
async function resumeLesson(run: LessonRun, player: Player, elsewhere: LessonRecord): Promise<void> {
  const next = run.steps.find(({ id }) => !elsewhere.passed.includes(id));
  await player.skipTo(next?.id);
  run.recall(elsewhere);
}
