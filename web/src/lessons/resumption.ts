import type { RecordKeeper } from "./host.ts";
import type { Player } from "./player.ts";
import type { LessonRecord } from "./record.ts";
import type { LessonRun } from "./run.ts";

/** How a lesson is called where a school's system shows it. */
export interface Titled {
  readonly title: string;
  readonly language: string;
}

/**
 * Tells a school's system how far the learner is, after it has brought the lesson to where
 * it was by what the system has of an earlier visit.
 */
export class Resumption {
  readonly #keeper: RecordKeeper;
  readonly #onTrouble: (error: unknown) => void;
  /** Brings the lesson to where the learner was elsewhere; undefined once it is there. */
  #resume: (() => Promise<void>) | undefined;
  #isResuming = false;

  constructor(keeper: RecordKeeper, onTrouble: (error: unknown) => void) {
    this.#keeper = keeper;
    this.#onTrouble = onTrouble;
  }

  /** What the system has of a lesson; undefined at the first visit. */
  kept(lesson: string): LessonRecord | undefined {
    return this.#keeper.kept(lesson);
  }

  /** The lesson is to go on from where it was, when its first step is under way. */
  goOn(run: LessonRun, player: Player, from: LessonRecord): void {
    if (from.passed.length > 0) {
      this.#resume = () => resumeLesson(run, player, from);
    }
  }

  /** The lesson has gone on; `then` is called when it is where it was. */
  tell(run: LessonRun, titled: Titled, then: () => void): void {
    if (run.phase !== "running" || this.#isResuming) {
      return;
    }
    const resume = this.#resume;
    if (resume === undefined) {
      this.#note(run, titled, false);
      return;
    }
    // The first step is under way in a moment.
    if (run.record.step === undefined) {
      return;
    }
    this.#resume = undefined;
    this.#isResuming = true;
    resume()
      .catch(this.#onTrouble)
      .finally(() => {
        this.#isResuming = false;
        this.#note(run, titled, true);
        then();
      });
  }

  #note(run: LessonRun, titled: Titled, resumed: boolean): void {
    try {
      this.#keeper.note({ record: run.record, steps: run.steps, ...titled }, resumed);
    } catch (error) {
      this.#onTrouble(error);
    }
  }
}

/** Passes by their solutions the steps that were passed elsewhere, and takes over what was predicted in them. */
async function resumeLesson(run: LessonRun, player: Player, elsewhere: LessonRecord): Promise<void> {
  const next = run.steps.find(({ id }) => !elsewhere.passed.includes(id));
  await player.skipTo(next?.id);
  run.recall(elsewhere);
}
