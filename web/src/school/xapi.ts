/**
 * Statements to a learning record store, as the Experience API 1.0.3 has them. The store
 * is named by the address with which a school's system launches the page: endpoint, auth,
 * actor, registration and activity_id, as ADL's and Rustici's launches give them.
 */
import type { Standing } from "../lessons/host.ts";
import { isRight, questionKey } from "../lessons/record.ts";
import { isComplete, scoreOf } from "./standing.ts";

const VERSION = "1.0.3";
const VERBS = "http://adlnet.gov/expapi/verbs/";
const TYPES = "http://adlnet.gov/expapi/activities/";
/** Statements that wait for a store that does not answer; the oldest is dropped. */
const MOST_WAITING = 200;

export interface Launch {
  /** Ends with a slash. */
  readonly endpoint: string;
  /** The value of the header Authorization. */
  readonly auth: string;
  readonly actor: object;
  readonly registration: string | undefined;
  /** That of the lesson. */
  readonly activity: string;
}

/** The address names a store that this package may not use, or names none completely. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
}

/**
 * Undefined when the address names no store. `allowed` are the origins that whoever made
 * the package has allowed, besides the package's own.
 */
export function readLaunch(address: URL, allowed: readonly string[]): Launch | undefined {
  const given = (name: string) => address.searchParams.get(name) ?? undefined;
  const endpoint = given("endpoint");
  if (endpoint === undefined) {
    return undefined;
  }
  if (
    !URL.canParse(endpoint, address) ||
    ![address.origin, ...allowed].includes(new URL(endpoint, address).origin)
  ) {
    throw new LaunchError(`learning record store ${JSON.stringify(endpoint)}: not allowed by this package`);
  }
  const actor = parse(given("actor") ?? "");
  if (actor === undefined) {
    throw new LaunchError("learning record store: the launch names no actor");
  }
  const own = new URL(address.pathname, address);
  const lesson = given("lesson");
  if (lesson !== undefined) {
    own.searchParams.set("lesson", lesson);
  }
  return {
    endpoint: new URL(endpoint.replace(/\/?$/, "/"), address).href,
    auth: given("auth") ?? "",
    actor,
    registration: given("registration"),
    activity: given("activity_id") ?? own.href,
  };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export interface Surroundings {
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): Date;
  id(): string;
}

/** Tells a store what a learner does, each thing once, in order. */
export class Statements {
  readonly #launch: Launch;
  readonly #surroundings: Surroundings;
  readonly #said = new Set<string>();
  #waiting: object[] = [];
  #sending: Promise<void> | undefined;

  constructor(launch: Launch, surroundings: Surroundings) {
    this.#launch = launch;
    this.#surroundings = surroundings;
  }

  /** Takes how far the learner is. What an earlier session has told is not told again: `told` is what that one left. */
  note(standing: Standing, told = false): void {
    const { record, steps, title, language } = standing;
    const say = (key: string, verb: string, object: object, result?: object) => {
      if (!this.#said.has(key)) {
        this.#said.add(key);
        if (!told) {
          this.#say(verb, object, result);
        }
      }
    };
    const lesson = this.#activity("", "lesson", { [language]: title });
    if (!told) {
      say("initialized", "initialized", lesson);
    }
    if (record.step !== undefined) {
      say(`experienced ${record.step}`, "experienced", this.#activity(`/${record.step}`, "assessment"));
    }
    for (const { id, questions = [] } of steps) {
      for (const question of questions) {
        const key = questionKey(id, question.id);
        const [guess, answer] = [record.guesses[key], record.answers[key]];
        if (guess !== undefined && answer !== undefined) {
          const result = { success: isRight(guess, answer), response: guess.join("[,]") };
          say(`answered ${key}`, "answered", this.#activity(`/${key}`, "cmi.interaction"), result);
        }
      }
      if (record.passed.includes(id)) {
        say(`passed ${id}`, "passed", this.#activity(`/${id}`, "assessment"), { success: true });
      }
    }
    if (isComplete(standing)) {
      const raw = scoreOf(standing);
      say("completed", "completed", lesson, {
        completion: true,
        score: { scaled: raw / 100, raw, min: 0, max: 100 },
      });
    }
  }

  /** Resolves when all that waits was sent, or cannot be now. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  #activity(path: string, type: string, name?: Readonly<Record<string, string>>): object {
    return {
      objectType: "Activity",
      id: this.#launch.activity + (path === "" ? "" : `#${path}`),
      definition: { type: TYPES + type, ...(name === undefined ? {} : { name }) },
    };
  }

  #say(verb: string, object: object, result: object | undefined): void {
    const { actor, registration } = this.#launch;
    this.#waiting = [
      ...this.#waiting,
      {
        id: this.#surroundings.id(),
        actor,
        verb: { id: VERBS + verb, display: { "en-US": verb } },
        object,
        ...(result === undefined ? {} : { result }),
        context: { platform: "Tabernetes", ...(registration === undefined ? {} : { registration }) },
        timestamp: this.#surroundings.now().toISOString(),
      },
    ].slice(-MOST_WAITING);
    this.#sending ??= Promise.resolve().then(() => this.#send());
  }

  async #send(): Promise<void> {
    const { endpoint, auth } = this.#launch;
    const sent = this.#waiting;
    let isTaken = false;
    try {
      const response = await this.#surroundings.fetch(`${endpoint}statements`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Experience-API-Version": VERSION,
          ...(auth === "" ? {} : { Authorization: auth }),
        },
        body: JSON.stringify(sent),
        // The last ones are sent while the page closes.
        keepalive: true,
      });
      isTaken = response.ok;
    } catch {
      // Out of reach: they go with the next ones.
    }
    this.#sending = undefined;
    if (isTaken) {
      this.#waiting = this.#waiting.filter((statement) => !sent.includes(statement));
      if (this.#waiting.length > 0) {
        this.#sending = this.#send();
      }
    }
  }
}
