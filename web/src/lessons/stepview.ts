import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import type { LessonStep } from "../protocol/lesson.ts";
import { CheckView } from "./checkview.ts";
import type { Player } from "./player.ts";
import { QuestionView } from "./questionview.ts";
import { questionKey } from "./record.ts";
import type { LessonRun } from "./run.ts";
import type { Sentences } from "./sentences.ts";

export interface StepContext {
  readonly run: LessonRun;
  readonly player: Player;
  readonly sentences: Sentences;
  readonly text: Text;
  readonly shows: { readonly hints: boolean; readonly solutions: boolean };
  /** Carries out what may fail, and tells so. */
  attempt(act: () => Promise<void>): void;
}

/** A step of a lesson in its section of the text: what it demands and asks, its hints, and what helps with it. */
export class StepView {
  readonly id: string;
  readonly section: HTMLElement;
  readonly #context: StepContext;
  readonly #checks: readonly { readonly id: string; readonly view: CheckView }[];
  readonly #questions: readonly { readonly key: string; readonly view: QuestionView }[];
  readonly #hints: readonly HTMLElement[];
  readonly #debriefs: readonly HTMLElement[];
  readonly #wrong = html("div", { class: "wrong-ways", role: "status" });
  readonly #mark = html("span", { class: "step-mark" });
  readonly #bar = html("div", { class: "step-bar" });
  readonly #buttons: Readonly<
    Record<"hint" | "show" | "stop" | "work" | "skip" | "again", HTMLButtonElement>
  >;
  #told = "";

  constructor(section: HTMLElement, step: LessonStep, context: StepContext) {
    this.id = step.id;
    this.section = section;
    this.#context = context;
    section.querySelector("h3")?.append(this.#mark);
    this.#checks = this.#replace("check", (id) => {
      const view = new CheckView(step.id, id, context.sentences, context.text);
      return { id, view, element: view.element };
    });
    this.#questions = this.#replace("question", (id) => {
      const question = step.questions?.find((one) => one.id === id);
      if (question === undefined) {
        return undefined;
      }
      const view = new QuestionView(step.id, question, context.sentences, context.text, (guess) =>
        context.run.guess(step, question, guess),
      );
      return { key: questionKey(step.id, id), view, element: view.element };
    });
    this.#hints = [...section.querySelectorAll<HTMLElement>('[data-block="hint"]')];
    this.#debriefs = [...section.querySelectorAll<HTMLElement>('[data-block="debrief"]')];
    const { learning } = context.text;
    this.#buttons = {
      hint: this.#button("", () => this.#hint(), "small"),
      show: this.#button(learning.showMe, () => context.attempt(() => context.player.show(step.id)), "small"),
      stop: this.#button(learning.stopShowing, () => context.player.stop(), "small"),
      work: this.#button(learning.work, () => context.attempt(() => context.run.open(step.id))),
      skip: this.#button(learning.skip, () => context.attempt(() => this.#skip())),
      again: this.#button(learning.again, () => context.attempt(() => context.run.resetStep(step.id))),
    };
    this.#bar.append(...Object.values(this.#buttons));
    if (this.#checks.length > 0) {
      const last = this.#checks.at(-1)?.view.element;
      last?.after(this.#wrong, this.#bar);
    }
    this.update();
  }

  /** Shows what the run knows now. */
  update(): void {
    const { run, player, shows, text } = this.#context;
    const isLive = run.phase !== "elsewhere";
    const isPassed = run.hasPassed(this.id);
    const isOpen = run.phase === "running" && run.record.step === this.id && !isPassed;
    const findings = run.findings(this.id);
    this.section.dataset.progress = isPassed ? "passed" : isOpen ? "open" : "";
    this.#markAs(isPassed ? "passed" : isOpen ? "underWay" : undefined);
    for (const { id, view } of this.#checks) {
      view.show(findings.find((finding) => finding.id === id));
    }
    for (const { key, view } of this.#questions) {
      view.show(run.record.guesses[key], run.record.answers[key]);
    }
    const shown = run.record.hints[this.id] ?? 0;
    // A lesson that is only read has no button that shows them one by one.
    this.#showHints(!shows.hints ? 0 : isLive ? shown : this.#hints.length);
    for (const debrief of this.#debriefs) {
      debrief.hidden = isLive && !isPassed;
      if (isPassed) {
        debrief.setAttribute("open", "");
      }
    }
    this.#showWrongWays(shows.hints ? run.wrongIn(this.id) : []);
    const isRunning = run.phase === "running";
    const { hint, show, stop, work, skip, again } = this.#buttons;
    setText(hint, text.learning.hint(shown + 1, this.#hints.length));
    hint.hidden = !isRunning || !shows.hints || isPassed || shown >= this.#hints.length;
    show.hidden = !isRunning || !shows.solutions || isPassed || player.isPlaying;
    stop.hidden = !player.isPlaying || !isOpen;
    work.hidden = !isRunning || isPassed || isOpen || player.isPlaying;
    skip.hidden = !isRunning || !shows.solutions || isPassed || player.isPlaying;
    setText(skip, isOpen ? text.learning.skip : text.learning.skipHere);
    again.hidden = !run.canReset(this.id) || player.isPlaying;
  }

  /** What is missing now, for a screen reader. */
  get missing(): string {
    return this.#checks
      .map(({ view }) => view.now)
      .filter((now) => now !== "")
      .join(" ");
  }

  /** Puts what is live in the places of a kind's blocks. */
  #replace<Made extends { readonly element: HTMLElement }>(
    kind: string,
    make: (id: string) => Made | undefined,
  ): Made[] {
    return [...this.section.querySelectorAll<HTMLElement>(`[data-block="${kind}"]`)].flatMap((block) => {
      const made = make(block.dataset.id ?? "");
      if (made === undefined) {
        return [];
      }
      block.replaceWith(made.element);
      return [made];
    });
  }

  #button(label: string, act: () => void, classes = "quiet small"): HTMLButtonElement {
    const button = html("button", { type: "button", class: classes }, label);
    button.addEventListener("click", act);
    return button;
  }

  #hint(): void {
    const { run } = this.#context;
    const next = this.#hints[run.record.hints[this.id] ?? 0];
    run.hint(this.id);
    next?.querySelector("summary")?.focus();
  }

  #showHints(count: number): void {
    this.#hints.forEach((hint, index) => {
      if (hint.hidden && index < count && this.#context.run.phase !== "elsewhere") {
        hint.setAttribute("open", "");
      }
      hint.hidden = index >= count;
    });
  }

  /** This step, if it is under way; else all before it. */
  async #skip(): Promise<void> {
    const { run, player } = this.#context;
    const ids = run.steps.map(({ id }) => id);
    const isOpen = run.record.step === this.id;
    await player.skipTo(isOpen ? ids[ids.indexOf(this.id) + 1] : this.id);
  }

  #markAs(state: "passed" | "underWay" | undefined): void {
    if (this.#mark.dataset.state === (state ?? "")) {
      return;
    }
    this.#mark.dataset.state = state ?? "";
    const word = state === undefined ? "" : this.#context.text.learning[state];
    this.#mark.replaceChildren(
      ...(state === "passed" ? [icon("check")] : []),
      html("span", { class: "step-state" }, word),
    );
  }

  #showWrongWays(ids: readonly string[]): void {
    if (ids.join() === this.#told) {
      return;
    }
    this.#told = ids.join();
    const hints = ids.flatMap((id) => this.#context.sentences.wrong(this.id, id) ?? []);
    this.#wrong.replaceChildren(
      ...hints.map((hint) =>
        html("div", { class: "wrong-way" }, html("strong", {}, this.#context.text.learning.wrongWay), hint),
      ),
    );
  }
}
