import type { Ready } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import { UNLIMITED_RATE } from "../protocol/clock.ts";
import { homePath } from "../protocol/kubectl.ts";
import type {
  LessonFinding,
  LessonKept,
  LessonPlan,
  LessonQuestion,
  LessonReport,
  LessonStep,
} from "../protocol/lesson.ts";
import type { RunHost } from "./host.ts";
import { isOf, type LessonRecord, newRecord, questionKey, withoutSteps } from "./record.ts";

/** A lesson as it is run, whatever its language. */
export interface Runnable {
  readonly id: string;
  /** It is from outside of the site. */
  readonly foreign?: boolean;
  readonly plan: LessonPlan;
  /** The learner's files, and the manifests of the start, by their names. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifests: Readonly<Record<string, string>>;
}

/**
 * `waiting`: the cluster starts. `preparing`: it becomes what the lesson begins with.
 * `elsewhere`: it has objects that are not the lesson's, so that the lesson is only read.
 */
export type Phase = "waiting" | "preparing" | "running" | "elsewhere" | "failed";

/** The history of the cluster does not reach back to the moment at which a step began. */
export class NoMoment extends Error {
  override readonly name = "NoMoment";
}

/**
 * A lesson under way in this page's cluster: makes its start, opens one step after the
 * other, and knows what the checks have found. It draws nothing: whoever shows it is
 * told of each change.
 */
export class LessonRun {
  readonly #host: RunHost;
  readonly #lesson: Runnable;
  readonly #isOwn: boolean;
  readonly #onChange: () => void;
  readonly #unsubscribe: (() => void)[];
  #record: LessonRecord;
  #phase: Phase = "waiting";
  #message = "";
  #report: LessonReport | undefined;
  /** The step to begin again in the cluster that is about to be ready. */
  #again: string | undefined;
  /** One for each cluster that has become ready: what an earlier one answers is void. */
  #turn = 0;

  /** `isOwn`: the cluster was made for this lesson. */
  constructor(host: RunHost, lesson: Runnable, isOwn: boolean, onChange: () => void) {
    this.#host = host;
    this.#lesson = lesson;
    this.#isOwn = isOwn;
    this.#onChange = onChange;
    const kept = host.load();
    this.#record = isOf(kept, lesson) ? kept : newRecord(lesson, lesson.plan.variant);
    this.#unsubscribe = [
      host.client.on("start", () => this.#lost()),
      host.client.on("ready", (ready) => this.#meet(ready)),
      host.client.on("lesson", (report) => this.#take(report)),
      host.shell.on("ran", ({ line, status }) => this.#ran(line, status)),
    ];
    void this.#meetFirst();
  }

  get id(): string {
    return this.#lesson.id;
  }

  get plan(): LessonPlan {
    return this.#lesson.plan;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Why the lesson could not go on; empty unless the phase is `failed`. */
  get message(): string {
    return this.#message;
  }

  get record(): LessonRecord {
    return this.#record;
  }

  /** Ids of the wrong ways that the learner is on in a step. */
  wrongIn(step: string): readonly string[] {
    return this.#phase === "running" && this.#report?.step === step ? (this.#report.wrong ?? []) : [];
  }

  /** What is known of a step's checks: nothing before it was begun. */
  findings(step: string): readonly LessonFinding[] {
    const isOpen = this.#phase === "running" && this.#report?.step === step;
    return (isOpen ? this.#report?.checks : undefined) ?? this.#record.found[step] ?? [];
  }

  hasPassed(step: string): boolean {
    return this.#record.passed.includes(step);
  }

  /** The steps that can be passed. */
  get steps(): readonly LessonStep[] {
    return stepsOf(this.#lesson.plan);
  }

  get isOver(): boolean {
    return this.#record.begun && this.steps.every(({ id }) => this.hasPassed(id));
  }

  /** Whether the cluster can be taken back to the moment at which a step began. */
  canReset(step: string): boolean {
    return this.#phase === "running" && this.#record.moments[step] !== undefined;
  }

  /** Begins to check a step, now. */
  async open(step: string, kept?: LessonKept): Promise<void> {
    const turn = this.#turn;
    const { client } = this.#host;
    const { last } = await client.revisions();
    const answer = await client.lesson({
      kind: "open",
      plan: this.#lesson.plan,
      step,
      ...(kept === undefined ? {} : { kept }),
    });
    if (turn !== this.#turn) {
      return;
    }
    if (this.#report?.step !== step) {
      this.#report = undefined;
    }
    const { moments } = this.#record;
    this.#phase = "running";
    this.#keep({
      step,
      kept: answer,
      moments: kept === undefined ? { ...moments, [step]: last } : moments,
    });
  }

  /** Takes the cluster back to the moment at which a step began, and begins it again. */
  async resetStep(step: string): Promise<void> {
    const moment = this.#record.moments[step];
    if (moment === undefined) {
      return;
    }
    if (moment < (await this.#host.client.revisions()).first) {
      throw new NoMoment(step);
    }
    this.#again = step;
    try {
      await this.#host.client.restore(moment);
    } finally {
      this.#again = undefined;
    }
  }

  /** Begins the whole lesson again. */
  async reset(): Promise<void> {
    this.#record = newRecord(this.#lesson, this.#lesson.plan.variant);
    this.#host.save(this.#record);
    await this.#host.reset(this.#lesson.plan.start);
  }

  /** Notes a prediction; it counts only as long as the answer is not known. */
  guess(step: LessonStep, question: LessonQuestion, guess: readonly string[]): void {
    const key = questionKey(step.id, question.id);
    if (this.#record.answers[key] !== undefined) {
      return;
    }
    const isAnswered = (step.checks ?? []).length === 0;
    this.#keep({
      guesses: { ...this.#record.guesses, [key]: guess },
      ...(isAnswered ? { answers: { ...this.#record.answers, [key]: question.answer } } : {}),
    });
  }

  /** Takes over what the learner did in another cluster. */
  recall({ guesses, answers, hints }: Pick<LessonRecord, "guesses" | "answers" | "hints">): void {
    const { record } = this;
    this.#keep({
      guesses: { ...record.guesses, ...guesses },
      answers: { ...record.answers, ...answers },
      hints: { ...record.hints, ...hints },
    });
  }

  /** Shows one more hint of a step. */
  hint(step: string): void {
    const { hints } = this.#record;
    this.#keep({ hints: { ...hints, [step]: (hints[step] ?? 0) + 1 } });
  }

  /** Checks nothing any more. The cluster goes on. */
  destroy(): void {
    this.#turn++;
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.#host.client.lesson({ kind: "close" }).catch(() => undefined);
  }

  async #meetFirst(): Promise<void> {
    const turn = this.#turn;
    try {
      const ready = await this.#host.client.ready;
      if (turn === this.#turn) {
        this.#meet(ready);
      }
    } catch {
      // The page tells why there is no cluster; another may become ready.
    }
  }

  #lost(): void {
    this.#turn++;
    this.#set("waiting");
  }

  /** A cluster is ready. */
  #meet({ restored }: Ready): void {
    const turn = ++this.#turn;
    this.#goOn(restored || this.#host.client.imported, turn).catch((error: unknown) => {
      if (turn === this.#turn) {
        this.#set("failed", messageOf(error));
      }
    });
  }

  /** `hasObjects`: the cluster is not a new one. */
  async #goOn(hasObjects: boolean, turn: number): Promise<void> {
    const { begun, step, kept } = this.#record;
    const { start } = this.#lesson.plan;
    if (!hasObjects && !this.#host.fits(start)) {
      // Only the engine can read a lesson from outside, so its cluster is known once there is one.
      await this.#host.reset(start);
    } else if (!hasObjects) {
      await this.#begin(turn);
    } else if (!begun && (this.#isOwn || isOf(this.#host.load(), this.#lesson))) {
      // The page was closed while the start was made.
      await this.#host.reset(start);
    } else if (!begun) {
      this.#set("elsewhere");
    } else if (this.#again !== undefined) {
      await this.#beginAgain(this.#again);
    } else {
      await this.#host.client.lesson({ kind: "send", start });
      this.#set("running");
      if (step !== undefined) {
        await this.open(step, kept);
      }
    }
  }

  /** Makes what the lesson begins with in a new cluster. */
  async #begin(turn: number): Promise<void> {
    const { client, shell, rate } = this.#host;
    const { start } = this.#lesson.plan;
    this.#set("preparing");
    this.#report = undefined;
    this.#record = newRecord(this.#lesson, this.#lesson.plan.variant);
    this.#keep({});
    shell.restore(Object.entries(this.#lesson.files).map(([name, text]) => ({ path: homePath(name), text })));
    await client.command({ kind: "resume" });
    if ((start.manifests ?? []).length + (start.images ?? []).length > 0) {
      await client.command({ kind: "rate", rate: UNLIMITED_RATE });
      await client.lesson({ kind: "begin", start, manifests: this.#lesson.manifests });
    }
    if (turn !== this.#turn) {
      return;
    }
    await client.command({ kind: "rate", rate: start.rate ?? rate });
    this.#set("running");
    this.#keep({ begun: true });
    const [first] = this.#lesson.plan.steps ?? [];
    if (first !== undefined) {
      await this.open(this.steps[0]?.id ?? first.id);
    }
  }

  async #beginAgain(step: string): Promise<void> {
    const ids = this.steps.map(({ id }) => id);
    this.#report = undefined;
    this.#record = withoutSteps(this.#record, ids.slice(ids.indexOf(step)));
    await this.#host.client.lesson({ kind: "send", start: this.#lesson.plan.start });
    await this.open(step);
  }

  #take(report: LessonReport): void {
    if (this.#phase !== "running" || report.step !== this.#record.step) {
      return;
    }
    this.#report = report;
    this.#keep({ kept: report.kept });
    if (report.passed && !this.hasPassed(report.step)) {
      this.#pass(report);
    }
  }

  #pass({ step, checks, answers }: LessonReport): void {
    const { record } = this;
    const questions = this.#lesson.plan.steps?.find(({ id }) => id === step)?.questions ?? [];
    const answered = questions.map(
      ({ id, answer }) => [questionKey(step, id), answers?.[id] ?? answer] as const,
    );
    this.#keep({
      passed: [...record.passed, step],
      found: { ...record.found, [step]: checks },
      answers: { ...record.answers, ...Object.fromEntries(answered) },
    });
    const next = this.#next(step);
    const going = next === undefined ? this.#close() : this.open(next);
    going.catch((error: unknown) => this.#set("failed", messageOf(error)));
  }

  /** The step after one, or the first that was not passed. */
  #next(step: string): string | undefined {
    const ids = this.steps.map(({ id }) => id);
    const after = ids.slice(ids.indexOf(step) + 1);
    return [...after, ...ids].find((id) => !this.hasPassed(id));
  }

  async #close(): Promise<void> {
    await this.#host.client.lesson({ kind: "close" });
    const { step: _step, kept: _kept, ...rest } = this.#record;
    this.#record = rest;
    this.#keep({});
  }

  #ran(line: string, status: number): void {
    if (this.#phase === "running") {
      this.#host.client.lesson({ kind: "ran", line, status }).catch(() => undefined);
    }
  }

  #set(phase: Phase, message = ""): void {
    this.#phase = phase;
    this.#message = message;
    this.#onChange();
  }

  #keep(changes: Partial<LessonRecord>): void {
    this.#record = { ...this.#record, ...changes };
    this.#host.save(this.#record);
    this.#onChange();
  }
}

/** The steps of a lesson that can be passed. */
export function stepsOf(plan: LessonPlan): readonly LessonStep[] {
  return (plan.steps ?? []).filter(({ checks = [] }) => checks.length > 0);
}
