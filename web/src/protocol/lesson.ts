/**
 * A lesson in the cluster. What it is about is in lesson.json, the plan, which
 * engine and page share; see lessons/plan for every field. Times in strings are
 * RFC 3339 and those of the cluster.
 */

/** An expression in CEL. */
export interface LessonExpression {
  readonly text: string;
}

/** A machine of a lesson's start; absent fields mean the usual ones. */
export interface LessonMachine {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The cluster that a lesson begins with. */
export interface LessonStart {
  readonly time: string;
  /** Cluster seconds per host second; absent leaves it as it is. */
  readonly rate?: number;
  readonly seed?: number;
  readonly nodes?: readonly LessonMachine[];
  readonly images?: readonly string[];
  readonly manifests?: readonly { readonly name: string }[];
  readonly traffic?: readonly { readonly service: string; readonly perSecond: number }[];
}

export interface LessonQuestion {
  readonly id: string;
  readonly kind: "choice" | "number" | "order";
  /** Ids of what can be chosen or put in order; a number has none. */
  readonly options?: readonly string[];
  /** The id of an option, a number, or all options in order. */
  readonly answer: readonly string[];
  /** What the cluster is asked once the step is passed. */
  readonly measure?: LessonExpression;
}

export interface LessonStep {
  readonly id: string;
  readonly checks?: readonly { readonly id: string }[];
  /** Ids, from a nudge to all but the answer. */
  readonly hints?: readonly string[];
  readonly wrong?: readonly { readonly id: string }[];
  readonly questions?: readonly LessonQuestion[];
  readonly debrief?: boolean;
}

export interface LessonPlan {
  /** Which of `variants` this is; both are absent when the lesson is the same for everybody. */
  readonly variant?: string;
  readonly variants?: readonly string[];
  readonly course?: string;
  readonly place?: number;
  readonly prerequisites?: readonly string[];
  readonly files?: readonly { readonly name: string }[];
  readonly start: LessonStart;
  readonly steps?: readonly LessonStep[];
  /** Paths of kubernetes.io. */
  readonly links?: readonly string[];
}

/** A line of a check or a question: safe inline HTML, with the names of values in braces. */
export interface LessonSentence {
  readonly key: string;
  readonly html: string;
}

/** What is told of a step when its time has come, in one language. */
export interface LessonBlock {
  readonly kind: "check" | "question" | "wrong";
  readonly id: string;
  readonly step: string;
  /** Those of a check: `met`, `broken`, and its cases; of a question: `ask`, `why`, and its options. */
  readonly sentences?: readonly LessonSentence[];
  /** The hint of a wrong way. */
  readonly html?: string;
}

/** A step under way, for a page that is loaded again; only the engine knows what is in it. */
export interface LessonKept {
  /** When the step began. */
  readonly began: string;
}

export type LessonCommand =
  /** Makes what a lesson begins with. It takes minutes of cluster time. Answered by `null` when all has come to rest. */
  | {
      readonly kind: "begin";
      readonly start: LessonStart;
      /** The texts of the start's manifests by their names. */
      readonly manifests: Readonly<Record<string, string>>;
    }
  /** Starts the requests of a start, which no store keeps. Answered by `null`. */
  | { readonly kind: "send"; readonly start: LessonStart }
  /** Begins a step now, or goes on with it where it was kept. Answered by a {@link LessonKept}; reports follow. */
  | {
      readonly kind: "open";
      readonly plan: LessonPlan;
      readonly step: string;
      readonly kept?: LessonKept;
    }
  /** No report follows. Answered by `null`. */
  | { readonly kind: "close" }
  /** The learner gave a command, and it has ended. Answered by `null`. */
  | { readonly kind: "ran"; readonly line: string; readonly status: number }
  /** Reads a lesson from outside of the site: texts by paths inside its folder. Answered by a {@link ReadLesson}. */
  | {
      readonly kind: "read";
      readonly lesson: string;
      readonly files: Readonly<Record<string, string>>;
      /** Chooses one of the lesson's variants; the first without it. */
      readonly seed?: number;
    };

/** What a command is answered with. */
export interface LessonAnswers {
  readonly begin: null;
  readonly send: null;
  readonly open: LessonKept;
  readonly close: null;
  readonly ran: null;
  readonly read: ReadLesson;
}

export interface LessonFinding {
  readonly id: string;
  readonly state: "missing" | "met" | "holding" | "broken";
  /** The key of the sentence that is told; empty for none. */
  readonly sentence: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** What there is to tell about the step that is open; sent when it differs from the last one. */
export interface LessonReport {
  readonly step: string;
  readonly checks: readonly LessonFinding[];
  /** Ids of the wrong ways that the learner is on. */
  readonly wrong?: readonly string[];
  /** Every check is met, and stays so. */
  readonly passed: boolean;
  /** What the cluster answers to the questions of a step that is passed. */
  readonly answers?: Readonly<Record<string, readonly string[]>>;
  readonly kept: LessonKept;
}

/** A lesson from outside of the site. */
export interface ReadLesson {
  readonly problems: readonly LessonProblem[];
  readonly plan: LessonPlan;
  readonly texts: readonly LessonText[];
  /** Blocks of the solution by the ids of their steps. */
  readonly solution: Readonly<Record<string, readonly string[]>>;
  /** It can be begun in spite of its problems. */
  readonly playable: boolean;
}

/** Line and column begin at 1; 0 means the whole file or line. */
export interface LessonProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface LessonText {
  readonly language: string;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  readonly html: string;
  readonly blocks: readonly LessonBlock[];
}

/**
 * What a lesson reports while it is worked on, for those who embed the page or script
 * it. The lessons panel emits it; nothing in the page depends on it.
 */
export interface LessonEvents {
  /** The learner has come to a step; `number` counts from 1. */
  step: { readonly lesson: string; readonly step: string; readonly number: number; readonly steps: number };
  /** The check of a step has another result; `missing` says which part is not there yet, "" when it passed. */
  check: {
    readonly lesson: string;
    readonly step: string;
    readonly passed: boolean;
    readonly missing: string;
  };
  /** Every step has passed. */
  complete: { readonly lesson: string };
}
