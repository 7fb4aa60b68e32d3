/**
 * The runtime interface that a school's system offers to a package: SCORM 1.2
 * (`window.API`) or SCORM 2004 (`window.API_1484_11`) in a window around this one. The
 * elements and their types are those of ADL's SCORM 1.2 RTE and 2004 4th Edition RTE.
 */

/** Windows outwards that are looked at. */
const MOST_WINDOWS = 20;

/** How a standing is told; the same for both versions. */
export interface Report {
  /** Reported once every step was passed. */
  readonly isComplete: boolean;
  /** From 0 to 100. */
  readonly score: number;
  /** Where the learner is: the id of a step; empty for none, which is not told. */
  readonly location: string;
  /** At most 4,096 characters, as SCORM 1.2 demands. */
  readonly suspended: string;
}

/** One version of the interface: names of the functions, and what is set for a report. */
interface Version {
  readonly name: string;
  readonly functions: Readonly<
    Record<"initialize" | "get" | "set" | "commit" | "terminate" | "lastError", string>
  >;
  /** Elements. */
  readonly mode: string;
  readonly status: string;
  readonly score: string;
  valuesOf(report: Report): Readonly<Record<string, string>>;
  /** After another exit than this one a system forgets what it was given to keep. */
  ending(seconds: number): Readonly<Record<string, string>>;
}

const SCORM_12: Version = {
  name: "API",
  functions: {
    initialize: "LMSInitialize",
    get: "LMSGetValue",
    set: "LMSSetValue",
    commit: "LMSCommit",
    terminate: "LMSFinish",
    lastError: "LMSGetLastError",
  },
  mode: "cmi.core.lesson_mode",
  status: "cmi.core.lesson_status",
  score: "cmi.core.score.raw",
  valuesOf: ({ isComplete, score, location, suspended }) => ({
    "cmi.core.score.min": "0",
    "cmi.core.score.max": "100",
    "cmi.core.score.raw": String(score),
    ...(location === "" ? {} : { "cmi.core.lesson_location": location }),
    "cmi.suspend_data": suspended,
    "cmi.core.lesson_status": isComplete ? "completed" : "incomplete",
  }),
  ending: (seconds) => ({ "cmi.core.session_time": clockTime(seconds), "cmi.core.exit": "suspend" }),
};

const SCORM_2004: Version = {
  name: "API_1484_11",
  functions: {
    initialize: "Initialize",
    get: "GetValue",
    set: "SetValue",
    commit: "Commit",
    terminate: "Terminate",
    lastError: "GetLastError",
  },
  mode: "cmi.mode",
  status: "cmi.completion_status",
  score: "cmi.score.raw",
  valuesOf: ({ isComplete, score, location, suspended }) => ({
    "cmi.score.min": "0",
    "cmi.score.max": "100",
    "cmi.score.raw": String(score),
    "cmi.score.scaled": String(score / 100),
    ...(location === "" ? {} : { "cmi.location": location }),
    "cmi.suspend_data": suspended,
    "cmi.completion_status": isComplete ? "completed" : "incomplete",
    ...(isComplete ? { "cmi.success_status": "passed" } : {}),
  }),
  ending: (seconds) => ({ "cmi.session_time": `PT${seconds}S`, "cmi.exit": "suspend" }),
};

/** CMITimespan of SCORM 1.2. */
function clockTime(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

type Api = Readonly<Record<string, (...values: string[]) => unknown>>;

/** What is said when the system refuses a call, with its error number. */
export class ScormError extends Error {
  override readonly name = "ScormError";
}

/** A session with a school's system. */
export class Scorm {
  readonly #api: Api;
  readonly #version: Version;
  readonly #now: () => number;
  readonly #begun: number;
  #isOpen = true;
  /** What was reported in earlier sessions stands. */
  #isComplete: boolean;
  #score: number;
  readonly #told = new Map<string, string>();

  /** `now` is host time in milliseconds. */
  private constructor(api: Api, version: Version, now: () => number) {
    this.#api = api;
    this.#version = version;
    this.#now = now;
    this.#begun = now();
    this.#call("initialize", "");
    this.#isComplete = ["completed", "passed"].includes(this.#get(version.status));
    this.#score = Number(this.#get(version.score)) || 0;
  }

  /** Begins a session with the system in whose window this one is; undefined where there is none. */
  static open(from: Window, now: () => number): Scorm | undefined {
    for (const version of [SCORM_2004, SCORM_12]) {
      const api = find(from, version.name);
      if (api !== undefined) {
        return new Scorm(api, version, now);
      }
    }
    return undefined;
  }

  /** What the last report gave to keep; empty at the first visit. */
  get suspended(): string {
    return this.#get("cmi.suspend_data");
  }

  /** A teacher who reviews a lesson, or looks at it before a class, changes no record. */
  get isRecorded(): boolean {
    return !["browse", "review"].includes(this.#get(this.#version.mode));
  }

  /** Tells what has changed, and has it stored. A lesson that was completed stays so, and a score gets no lower. */
  report(report: Report): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isComplete ||= report.isComplete;
    this.#score = Math.max(this.#score, report.score);
    const best = { ...report, isComplete: this.#isComplete, score: this.#score };
    if (this.#set(this.#version.valuesOf(best))) {
      this.#call("commit", "");
    }
  }

  /** Ends the session, once. */
  close(): void {
    if (this.#isOpen) {
      const seconds = Math.round((this.#now() - this.#begun) / 1000);
      this.#set(this.#version.ending(seconds));
      this.#call("commit", "");
      this.#call("terminate", "");
      this.#isOpen = false;
    }
  }

  #get(element: string): string {
    return String(this.#api[this.#version.functions.get]?.(element) ?? "");
  }

  /** Whether anything differs from what was told before. */
  #set(values: Readonly<Record<string, string>>): boolean {
    const changed = Object.entries(values).filter(([element, value]) => this.#told.get(element) !== value);
    for (const [element, value] of changed) {
      this.#call("set", element, value);
      this.#told.set(element, value);
    }
    return changed.length > 0;
  }

  #call(name: "initialize" | "set" | "commit" | "terminate", ...values: string[]): void {
    const { functions } = this.#version;
    const answer = String(this.#api[functions[name]]?.(...values));
    if (answer !== "true") {
      const error = String(this.#api[functions.lastError]?.());
      throw new ScormError(`${functions[name]}(${values.join(", ").slice(0, 100)}): error ${error}`);
    }
  }
}

/** The interface in a window around this one, or around the one that opened it. */
function find(from: Window, name: string): Api | undefined {
  return outwards(from, name) ?? (from.top?.opener ? outwards(from.top.opener as Window, name) : undefined);
}

function outwards(from: Window, name: string): Api | undefined {
  for (let window = from, steps = 0; steps < MOST_WINDOWS; window = window.parent, steps++) {
    try {
      const api = (window as unknown as Readonly<Record<string, Api | null | undefined>>)[name];
      if (api) {
        return api;
      }
    } catch {
      return undefined; // A window of another site: it is no part of the system's.
    }
    if (window.parent === window) {
      return undefined;
    }
  }
  return undefined;
}
