import { messageOf } from "../client/errors.ts";
import { Announcer } from "../dom/announcer.ts";
import { html, setText } from "../dom/element.ts";
import { LANGUAGE_TAGS, type Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { LessonText } from "./catalogue.ts";
import { EndView } from "./endview.ts";
import type { BlockHost } from "./host.ts";
import { NotPassed, type Player } from "./player.ts";
import { type LessonRun, NoMoment } from "./run.ts";
import { makeRunnable } from "./runnable.ts";
import { sanitize } from "./sanitize.ts";
import { Sentences } from "./sentences.ts";
import { StepView } from "./stepview.ts";

export type Reading = "steps" | "whole";

export interface LessonViewOptions {
  readonly run: LessonRun;
  readonly player: Player;
  readonly blocks: BlockHost;
  readonly lesson: LessonText;
  /** What its author has to repair. */
  readonly problems: HTMLElement | null;
  /** The language of the lesson's text, which may be another than the page's. */
  readonly language: string;
  readonly text: Text;
  readonly pageLanguage: Language;
  readonly shows: { readonly hints: boolean; readonly solutions: boolean };
  readonly reading: Reading;
  /** The place in the text at which it is shown; undefined is where the learner is. */
  readonly place: number | undefined;
  readonly sandbox: (() => Promise<void>) | undefined;
  /** The lesson that comes after this one. */
  readonly next: { readonly title: string; readonly address: string } | undefined;
  readonly home: string;
  readonly own: string;
  onAll(): void;
  onRead(reading: Reading): void;
  onPlace(place: number): void;
}

/** A lesson in one language, with what the learner has come to in it. */
export class LessonView {
  readonly element: HTMLElement;
  readonly #options: LessonViewOptions;
  readonly #notice = html("p", { class: "lesson-notice", role: "status" });
  readonly #own: HTMLAnchorElement;
  readonly #progress = html("progress");
  readonly #count = html("span", { class: "muted" });
  readonly #choice = html("select", { class: "lesson-place" });
  readonly #reading: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #where = html("span", { class: "muted" });
  readonly #article = html("div", { class: "prose" });
  readonly #announcement = html("p", { class: "visually-hidden", role: "status" });
  readonly #announcer = new Announcer((said) => setText(this.#announcement, said));
  /** What stands before the first step, below the title. */
  readonly #opening: readonly Element[];
  readonly #sections: readonly HTMLElement[];
  readonly #steps: readonly StepView[];
  readonly #end: EndView;
  readonly #passed: Set<string>;
  #mode: Reading;
  #place: number;
  #trouble = "";

  constructor(options: LessonViewOptions) {
    this.#options = options;
    const { run, player, lesson, text, shows } = options;
    const { learning } = text;
    this.#mode = options.reading;
    this.#passed = new Set(run.record.passed);
    this.#article.lang = options.language === "zh" ? LANGUAGE_TAGS.zh : options.language;
    this.#article.append(sanitize(lesson.markup, lesson.base));
    // What the run makes, nobody has to make by hand.
    this.#article.querySelector("details.start")?.toggleAttribute("hidden", run.phase !== "elsewhere");
    for (const block of this.#article.querySelectorAll("pre")) {
      // A long line scrolls, by keyboard too.
      block.tabIndex = 0;
    }
    this.#article.addEventListener("click", (event) => this.#follow(event));
    makeRunnable(this.#article, options.blocks, text);
    this.#sections = [...this.#article.querySelectorAll<HTMLElement>("section.step")];
    this.#opening = [
      ...this.#article.querySelectorAll("article > :not(section, header), article > header > :not(h2)"),
    ];
    const sentences = new Sentences(lesson.blocks, lesson.base);
    const attempt = (act: () => Promise<void>) => void this.#attempt(act);
    const context = { run, player, sentences, text, shows, attempt };
    this.#steps = this.#sections.flatMap((section) => {
      const step = run.plan.steps?.find(({ id }) => id === section.dataset.step);
      return step === undefined ? [] : [new StepView(section, step, context)];
    });
    this.#end = new EndView({ ...options, attempt, language: options.pageLanguage });
    const all = html("button", { type: "button", class: "quiet small" }, `← ${learning.all}`);
    all.addEventListener("click", () => options.onAll());
    this.#reading = button("small", () => this.#read(this.#mode === "steps" ? "whole" : "steps"));
    this.#back = button("", () => this.#go(this.#place - 1));
    this.#next = button("primary", () => this.#go(this.#place + 1));
    setText(this.#back, learning.back);
    setText(this.#next, learning.next);
    this.#own = html("a", { href: options.own, class: "lesson-own" }, learning.openOwn);
    this.#progress.setAttribute("aria-label", text.lessonTab);
    this.#choice.setAttribute("aria-label", learning.goTo);
    this.#choice.addEventListener("change", () => this.#turnTo(this.#choice.selectedIndex));
    const head = html(
      "div",
      { class: "lesson-head" },
      html("div", { class: "lesson-row" }, all, this.#reading),
      html("div", { class: "lesson-row" }, this.#choice, this.#count),
      this.#progress,
    );
    const pager = html("div", { class: "lesson-pager" }, this.#back, this.#where, this.#next);
    this.element = html(
      "div",
      { class: "lesson-view" },
      head,
      this.#notice,
      this.#own,
      options.problems ?? "",
      this.#article,
      pager,
      this.#end.element,
      this.#announcement,
    );
    this.#place = Math.min(options.place ?? this.#placeOf(run.record.step), this.#sections.length - 1);
    this.update();
  }

  /** Shows what the run knows now. */
  update(): void {
    const { run, text } = this.#options;
    const { learning } = text;
    for (const step of this.#steps) {
      step.update();
    }
    this.#tellPassed();
    const passed = run.steps.filter(({ id }) => run.hasPassed(id)).length;
    this.#progress.max = Math.max(1, run.steps.length);
    this.#progress.value = passed;
    setText(this.#count, learning.stepsPassed(passed, run.steps.length));
    this.#own.hidden = run.phase !== "elsewhere";
    const said = {
      waiting: learning.waiting,
      preparing: learning.preparing,
      running: "",
      elsewhere: learning.elsewhere,
      failed: learning.failed(run.message),
    }[run.phase];
    setText(this.#notice, [said, this.#trouble].filter((line) => line !== "").join(" "));
    this.#article.querySelector("details.start")?.toggleAttribute("hidden", run.phase !== "elsewhere");
    this.#end.update();
    this.#arrange();
  }

  /** What a step still lacks; empty when nothing is known to be missing. */
  missing(step: string): string {
    return this.#steps.find(({ id }) => id === step)?.missing ?? "";
  }

  destroy(): void {
    this.#announcer.destroy();
    this.element.remove();
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.#trouble = "";
    // Its first change may be that it has begun, of which the run knows nothing.
    const going = act();
    this.update();
    try {
      await going;
    } catch (error) {
      this.#trouble = this.#wordsFor(error);
    }
    this.update();
  }

  #wordsFor(error: unknown): string {
    const { learning } = this.#options.text;
    if (error instanceof NotPassed) {
      return learning.notPassed;
    }
    return error instanceof NoMoment ? learning.noMoment : messageOf(error);
  }

  #read(mode: Reading): void {
    this.#mode = mode;
    this.#options.onRead(mode);
    this.#arrange();
    const section = this.#sections[this.#place];
    if (mode === "whole" && section !== undefined) {
      this.#scrollTo(section);
    }
  }

  /** Shows a place of the text, and leads the keyboard and the screen reader there. */
  #go(place: number): void {
    this.#turnTo(place);
    const heading = this.#sections[this.#place]?.querySelector("h3");
    if (heading !== null && heading !== undefined) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }

  /** Shows a place of the text. The focus stays where it is: arrow keys go through the choice of places. */
  #turnTo(place: number): void {
    this.#place = Math.max(0, Math.min(place, this.#sections.length - 1));
    this.#options.onPlace(this.#place);
    this.#arrange();
    const section = this.#sections[this.#place];
    if (section !== undefined) {
      this.#scrollTo(this.#mode === "steps" ? this.element : section);
    }
  }

  /** Scrolls the panel, not the page: the diagram stays where it is. */
  #scrollTo(element: HTMLElement): void {
    const scroller = this.element.parentElement?.closest(".lessons");
    if (scroller !== null && scroller !== undefined) {
      const margin = Number.parseFloat(getComputedStyle(scroller).paddingTop);
      scroller.scrollTop +=
        element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - margin;
    }
  }

  /** A link within the text leads to its step, shown or not. */
  #follow(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const id = link?.getAttribute("href")?.match(/^#(.+)$/)?.[1];
    const place = this.#sections.findIndex((section) => section.getAttribute("aria-labelledby") === id);
    if (id !== undefined && place >= 0) {
      event.preventDefault();
      this.#go(place);
    }
  }

  /** Which parts of the text are shown. */
  #arrange(): void {
    const { run, text } = this.#options;
    const { learning } = text;
    const isPaged = this.#mode === "steps" && this.#sections.length > 0;
    const last = this.#sections.length - 1;
    this.#sections.forEach((section, index) => {
      section.hidden = isPaged && index !== this.#place;
    });
    for (const part of this.#opening) {
      part.classList.toggle("lesson-elsewhere", isPaged && this.#place > 0);
    }
    setText(this.#reading, this.#mode === "steps" ? learning.wholeText : learning.stepByStep);
    this.#back.parentElement?.toggleAttribute("hidden", !isPaged);
    this.#back.disabled = this.#place === 0;
    this.#next.hidden = this.#place >= last;
    // The way on is offered when there is nothing left to do here.
    const id = this.#sections[this.#place]?.dataset.step ?? "";
    const isToDo = run.phase === "running" && run.steps.some((step) => step.id === id) && !run.hasPassed(id);
    this.#next.classList.toggle("primary", !isToDo);
    setText(this.#where, learning.place(this.#place + 1, this.#sections.length));
    this.#end.element.hidden = isPaged && this.#place < last && !run.isOver;
    this.#fillChoice();
  }

  #fillChoice(): void {
    const { run } = this.#options;
    const labels = this.#sections.map((section, index) => {
      const title = titleOf(section);
      const mark = run.hasPassed(section.dataset.step ?? "") ? "✓ " : "";
      return `${mark}${index + 1}. ${title}`;
    });
    if (labels.length !== this.#choice.options.length) {
      this.#choice.replaceChildren(...labels.map((label) => html("option", {}, label)));
    }
    labels.forEach((label, index) => {
      const option = this.#choice.options[index];
      if (option !== undefined) {
        setText(option, label);
      }
    });
    this.#choice.selectedIndex = this.#place;
  }

  /** Announces steps that have been passed, and what is missing in the one under way. */
  #tellPassed(): void {
    const { run, text } = this.#options;
    for (const { id, section } of this.#steps) {
      if (run.hasPassed(id) && !this.#passed.has(id)) {
        this.#passed.add(id);
        const title = titleOf(section);
        this.#announcer.say(() => text.learning.stepPassed(title));
        return;
      }
      if (!run.hasPassed(id)) {
        this.#passed.delete(id);
      }
    }
    const open = this.#steps.find(({ id }) => id === run.record.step);
    if (open !== undefined && run.phase === "running" && open.missing !== "") {
      this.#announcer.say(() => open.missing);
    }
  }

  /** Where a step stands in the text; the beginning for the first one or none. */
  #placeOf(step: string | undefined): number {
    const first = this.#options.run.steps[0]?.id;
    const index = this.#sections.findIndex((section) => section.dataset.step === step);
    return step === undefined || step === first || index < 0 ? 0 : index;
  }
}

function titleOf(section: HTMLElement): string {
  return section.querySelector("h3")?.firstChild?.textContent ?? section.dataset.step ?? "";
}

function button(classes: string, act: () => void): HTMLButtonElement {
  const made = html("button", { type: "button", class: classes });
  made.addEventListener("click", act);
  return made;
}
