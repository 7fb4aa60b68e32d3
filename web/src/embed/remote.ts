import type { CommandResult } from "../client/kubectl/contract.ts";
import { Replies } from "../client/replies.ts";
import { Responses } from "../client/responses.ts";
import type { AppliedObject } from "../protocol/apply.ts";
import type { CallFailure, FrameMessage, HostMessage } from "../protocol/embedding.ts";
import type { Version } from "../protocol/messages.ts";
import type { Revisions } from "../protocol/storage.ts";
import type { TrafficStats } from "../protocol/traffic.ts";

interface Calls {
  readonly call: unknown;
}

/** The page's interface (client/api.ts) from outside its frame. A call starts the playground, or wakes it. */
export interface PlaygroundApi {
  version(): Promise<Version>;
  ready(): Promise<void>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  apply(yaml: string): Promise<readonly AppliedObject[]>;
  kubectl(
    args: readonly string[],
    options?: { stdin?: string; files?: Readonly<Record<string, string>>; signal?: AbortSignal },
  ): Promise<CommandResult>;
  run(line: string, options?: { signal?: AbortSignal }): Promise<CommandResult>;
  readonly clock: {
    state(): Promise<{ now: Date; rate: number; paused: boolean }>;
    setRate(rate: number): Promise<void>;
    pause(): Promise<void>;
    resume(): Promise<void>;
    step(): Promise<void>;
    skip(until?: { seconds?: number; settled?: true }): Promise<void>;
  };
  readonly traffic: {
    start(
      service: string,
      perSecond: number,
      options?: { path?: string; timeoutSeconds?: number },
    ): Promise<void>;
    stop(service: string): Promise<void>;
    stats(service: string): Promise<TrafficStats>;
    all(): Promise<readonly TrafficStats[]>;
  };
  readonly history: {
    revisions(): Promise<Revisions>;
    at(revision: number): Promise<readonly unknown[]>;
    restore(revision: number): Promise<void>;
  };
  manifests(): Promise<string>;
  link(): Promise<string>;
  export(): Promise<Blob>;
  import(file: Blob): Promise<void>;
  reset(): Promise<void>;
}

/** What a rejected call throws; `results` are the ApplyResults of an ApplyRejection. */
export interface PlaygroundError extends Error {
  readonly results?: readonly unknown[];
}

/** Messages that wait for the frame; beyond it calls are refused. */
const MOST_WAITING = 100;

/** The page's end of the channel to one frame: requests by number, answered by its messages. */
export class Remote {
  readonly api: PlaygroundApi;
  readonly #replies = new Replies<Calls>();
  #responses = this.#newResponses();
  #waiting: HostMessage[] = [];
  #port: MessagePort | undefined;
  #next = 1;

  constructor(begin: () => void) {
    const call =
      <Result>(name: string) =>
      (...given: unknown[]): Promise<Result> => {
        begin();
        return this.#call(name, given) as Promise<Result>;
      };
    const group = <Names extends string>(prefix: string, ...names: Names[]) =>
      Object.fromEntries(names.map((name) => [name, call(`${prefix}.${name}`)])) as Record<Names, never>;
    this.api = {
      version: call("version"),
      ready: call("ready"),
      fetch: (path, init) => {
        begin();
        return this.#responses.request(
          this.#next++,
          new Request(new URL(path, "http://cluster.local"), init),
        );
      },
      apply: call("apply"),
      kubectl: call("kubectl"),
      run: call("run"),
      clock: group("clock", "state", "setRate", "pause", "resume", "step", "skip"),
      traffic: group("traffic", "start", "stop", "stats", "all"),
      history: group("history", "revisions", "at", "restore"),
      manifests: call("manifests"),
      link: call("link"),
      export: call("export"),
      import: call("import"),
      reset: call("reset"),
    };
  }

  /** A frame was loaded and listens at the other end of the port. */
  connect(port: MessagePort): void {
    this.end("the frame was loaded again");
    this.#port = port;
    for (const message of this.#waiting.splice(0)) {
      port.postMessage(message);
    }
  }

  /** Whether a message to the frame would be heard. */
  get connected(): boolean {
    return this.#port !== undefined;
  }

  post(message: HostMessage): void {
    if (this.#port !== undefined) {
      this.#port.postMessage(message);
    } else if (this.#waiting.length < MOST_WAITING) {
      this.#waiting.push(message);
    } else {
      throw new Error("too many requests wait for the frame");
    }
  }

  /** Takes an answer; whether the message was one. */
  receive(message: FrameMessage): boolean {
    switch (message.type) {
      case "response":
        this.#responses.head(message);
        return true;
      case "chunk":
        this.#responses.chunk(message.id, message.bytes);
        return true;
      case "end":
        this.#responses.end(message.id);
        return true;
      case "reply":
        this.#replies.take(message.id, message.value);
        return true;
      case "failed": {
        const error = errorOf(message);
        if (!this.#responses.fail(message.id, error)) {
          this.#replies.fail(message.id, error);
        }
        return true;
      }
      default:
        return false;
    }
  }

  /** The frame is gone: what was asked of it fails. */
  end(reason: string): void {
    if (this.#port !== undefined) {
      this.#port.close();
      this.#port = undefined;
      this.#replies.failAll(new Error(reason));
      this.#responses.failAll(new Error(reason));
      this.#responses = this.#newResponses();
    }
  }

  #newResponses(): Responses {
    return new Responses((message) => {
      if (message.type === "fetch" || message.type === "pull" || message.type === "cancel") {
        this.post(message);
      }
    });
  }

  async #call(name: string, given: readonly unknown[]): Promise<unknown> {
    const id = this.#next++;
    let signal: AbortSignal | undefined;
    // A signal cannot be sent.
    const values = given.map((value) => {
      if (
        typeof value === "object" &&
        value !== null &&
        "signal" in value &&
        value.signal instanceof AbortSignal
      ) {
        const { signal: found, ...rest } = value;
        signal = found as AbortSignal;
        return rest;
      }
      return value;
    });
    signal?.throwIfAborted();
    const reply = this.#replies.expect<"call">(id);
    this.post({ type: "call", id, name, arguments: values });
    const abort = () => this.post({ type: "abort", id });
    signal?.addEventListener("abort", abort);
    try {
      return await reply;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }
}

function errorOf({ message, name, results }: CallFailure): PlaygroundError {
  const error = Object.assign(new Error(message), name === undefined ? {} : { name });
  return results === undefined ? error : Object.assign(error, { results });
}
