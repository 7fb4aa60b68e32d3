import type { Emitter } from "../client/emitter.ts";
import type { LessonEvents } from "../protocol/lesson.ts";
import type { LessonRun } from "./run.ts";

/** Tells those who embed or script the page how a lesson goes on, each change once. */
export class Reports {
  readonly #events: Emitter<LessonEvents>;
  #step: string | undefined;
  /** What was told last of each step's check. */
  readonly #told = new Map<string, string>();
  #isOver = false;

  constructor(events: Emitter<LessonEvents>) {
    this.#events = events;
  }

  /** `missing` says what a step still lacks. */
  tell(run: LessonRun, missing: (step: string) => string): void {
    const lesson = run.id;
    const { step } = run.record;
    if (step !== this.#step) {
      this.#step = step;
      const number = run.steps.findIndex(({ id }) => id === step) + 1;
      if (step !== undefined && number > 0) {
        this.#events.emit("step", { lesson, step, number, steps: run.steps.length });
      }
    }
    for (const { id } of run.steps) {
      const passed = run.hasPassed(id);
      if (!passed && id !== step) {
        this.#told.delete(id);
        continue;
      }
      const check = { lesson, step: id, passed, missing: passed ? "" : missing(id) };
      const told = JSON.stringify(check);
      if (told !== this.#told.get(id) && (passed || check.missing !== "")) {
        this.#told.set(id, told);
        this.#events.emit("check", check);
      }
    }
    if (run.isOver !== this.#isOver) {
      this.#isOver = run.isOver;
      if (this.#isOver) {
        this.#events.emit("complete", { lesson });
      }
    }
  }
}
