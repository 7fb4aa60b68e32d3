import { html, setText } from "../dom/element.ts";
import type { Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import { type LessonEntry, languageFor, titleIn } from "./catalogue.ts";
import {
  mergeProgress,
  NoProgress,
  type ProgressStore,
  passedOf,
  readProgress,
  writeProgress,
} from "./progress.ts";
import type { LessonSource } from "./source.ts";

export interface OverviewOptions {
  readonly catalogue: readonly LessonEntry[];
  readonly progress: ProgressStore;
  readonly language: Language;
  readonly text: Text;
  /** The lesson of this page's cluster. */
  readonly current: LessonSource | undefined;
  /** What opens a lesson from outside of the site. */
  readonly opening: HTMLElement;
  readonly home: string;
  addressOf(lesson: string): string;
  /** The lesson of this cluster was chosen. */
  onCurrent(): void;
  download(blob: Blob, name: string): void;
}

/** All lessons by their courses, each with how far one is in it. */
export class Overview {
  readonly element: HTMLElement;
  readonly #options: OverviewOptions;
  readonly #list = html("div");
  readonly #message = html("p", { class: "lesson-notice", role: "status" });
  readonly #picker = html("input", { type: "file", accept: ".json,application/json", hidden: true });

  constructor(options: OverviewOptions) {
    this.#options = options;
    const { learning } = options.text;
    const save = html("button", { type: "button", class: "small" }, learning.saveProgress);
    save.addEventListener("click", () => {
      const file = new Blob([writeProgress(options.progress.load())], { type: "application/json" });
      options.download(file, "lessons.tabernetes.json");
    });
    const read = html("button", { type: "button", class: "small" }, learning.readProgress);
    read.addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      const [picked] = this.#picker.files ?? [];
      if (picked !== undefined) {
        void this.#read(picked);
      }
      this.#picker.value = "";
    });
    this.element = html(
      "div",
      { class: "lesson-overview" },
      html("h2", {}, learning.title),
      this.#message,
      this.#list,
      this.#openedHere(),
      options.opening,
      html("div", { class: "step-bar" }, save, read, this.#picker, this.#homeLink()),
    );
    this.update();
  }

  /** Shows the progress as it is now. */
  update(): void {
    const { catalogue, text } = this.#options;
    const courses = [...new Set(catalogue.map(({ course }) => course))];
    this.#list.replaceChildren(
      ...courses.map((course) =>
        this.#course(
          course === undefined ? text.learning.others : (text.learning.courses[course] ?? course),
          catalogue.filter((entry) => entry.course === course),
        ),
      ),
    );
  }

  /** The lesson from outside that this cluster is for. */
  #openedHere(): HTMLElement | null {
    const { current, language, text } = this.#options;
    if (current?.runnable.foreign !== true) {
      return null;
    }
    const link = html("button", { type: "button", class: "link" }, titleIn(current.entry, language));
    link.addEventListener("click", () => this.#options.onCurrent());
    return html("section", { class: "course" }, html("h3", {}, text.learning.foreign.here), link);
  }

  #homeLink(): HTMLElement | null {
    const { current, home, text } = this.#options;
    return current === undefined ? null : html("a", { href: home }, text.learning.ownCluster);
  }

  #course(title: string, lessons: readonly LessonEntry[]): HTMLElement {
    const { text, progress } = this.#options;
    const now = progress.load();
    const done = lessons.filter((lesson) => isDone(passedOf(now, lesson), lesson)).length;
    return html(
      "section",
      { class: "course" },
      html("h3", {}, title),
      html("p", { class: "muted" }, text.learning.lessonsDone(done, lessons.length)),
      html("ol", {}, ...lessons.map((lesson) => this.#lesson(lesson, passedOf(now, lesson)))),
    );
  }

  #lesson(lesson: LessonEntry, passed: number): HTMLElement {
    const { text, language, current, catalogue } = this.#options;
    const { learning } = text;
    const isCurrent = lesson === current?.entry;
    const link = html("a", { href: this.#options.addressOf(lesson.id) }, titleIn(lesson, language));
    if (isCurrent) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.#options.onCurrent();
      });
    }
    const before = (lesson.prerequisites ?? []).flatMap((id) => catalogue.find((one) => one.id === id) ?? []);
    const facts = [
      learning.minutes(lesson.minutes),
      ...(passed === 0 ? [] : [learning.stepsPassed(passed, lesson.steps.length)]),
      ...(isDone(passed, lesson) ? [learning.done] : []),
      ...(isCurrent ? [learning.here] : []),
      ...(before.length === 0
        ? []
        : [learning.after(before.map((one) => titleIn(one, language)).join(", "))]),
    ];
    const bar = html("progress", { max: Math.max(1, lesson.steps.length), "aria-hidden": "true" });
    bar.value = passed;
    return html(
      "li",
      { class: "lesson-entry", "data-lesson": lesson.id },
      link,
      html("p", { class: "lesson-summary" }, lesson.summaries[languageFor(lesson, language)] ?? ""),
      html("p", { class: "muted" }, facts.join(" · ")),
      ...(passed > 0 ? [bar] : []),
    );
  }

  async #read(file: File): Promise<void> {
    const { progress, text } = this.#options;
    try {
      progress.save(mergeProgress(progress.load(), readProgress(await file.text())));
      setText(this.#message, text.learning.progressRead);
      this.update();
    } catch (error) {
      setText(this.#message, error instanceof NoProgress ? text.learning.noProgress : String(error));
    }
  }
}

function isDone(passed: number, { steps }: LessonEntry): boolean {
  return steps.length > 0 && passed === steps.length;
}
