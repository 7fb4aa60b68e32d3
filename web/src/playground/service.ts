import type { Tabernetes } from "../client/api.ts";
import type { FrameMessage, HostMessage } from "../protocol/embedding.ts";
import { CALLS } from "./calls.ts";

type Request = Extract<HostMessage, { readonly id: number }>;

/** Requests under way at once; beyond it the next is refused. */
const MOST_REQUESTS = 100;

interface Exchange {
  readonly abort: AbortController;
  /** Gives credit for one more chunk of the body. */
  pull(): void;
}

/** Answers what the page that shows the frame asks of its interface. */
export class Service {
  readonly #api: Tabernetes;
  readonly #post: (message: FrameMessage, transfer?: Transferable[]) => void;
  readonly #exchanges = new Map<number, Exchange>();

  constructor(api: Tabernetes, post: (message: FrameMessage, transfer?: Transferable[]) => void) {
    this.#api = api;
    this.#post = post;
  }

  receive(request: Request): void {
    switch (request.type) {
      case "fetch":
        void this.#answer(request.id, (abort) => this.#fetch(request, abort));
        break;
      case "call":
        void this.#answer(request.id, (abort) => this.#call(request, abort));
        break;
      case "pull":
        this.#exchanges.get(request.id)?.pull();
        break;
      case "cancel":
      case "abort":
        this.#exchanges.get(request.id)?.abort.abort();
        break;
    }
  }

  async #answer(id: number, act: (abort: AbortController) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    try {
      if (this.#exchanges.has(id) || this.#exchanges.size >= MOST_REQUESTS) {
        throw new Error(`request ${id} is one of too many, or its number is taken`);
      }
      this.#exchanges.set(id, { abort, pull: () => undefined });
      await act(abort);
    } catch (error) {
      this.#post(failureOf(id, error));
    } finally {
      if (this.#exchanges.get(id)?.abort === abort) {
        this.#exchanges.delete(id);
      }
    }
  }

  async #call(request: Extract<Request, { type: "call" }>, abort: AbortController): Promise<void> {
    const call = Object.hasOwn(CALLS, request.name) ? CALLS[request.name] : undefined;
    if (call === undefined) {
      throw new TypeError(`there is no function "${request.name.slice(0, 80)}"`);
    }
    const value = await call(this.#api, request.arguments, abort.signal);
    this.#post({ type: "reply", id: request.id, value });
  }

  async #fetch(request: Extract<Request, { type: "fetch" }>, abort: AbortController): Promise<void> {
    const { id, path, method, headers, body } = request;
    let credits = 0;
    let credited: (() => void) | undefined;
    this.#exchanges.set(id, {
      abort,
      pull: () => {
        credits++;
        credited?.();
      },
    });
    const response = await this.#api.fetch(path, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body,
      signal: abort.signal,
    });
    this.#post({ type: "response", id, status: response.status, headers: [...response.headers] });
    const reader = response.body?.getReader();
    abort.signal.addEventListener("abort", () => credited?.());
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      while (credits === 0 && !abort.signal.aborted) {
        await new Promise<void>((resolve) => {
          credited = resolve;
        });
      }
      abort.signal.throwIfAborted();
      credits--;
      this.#post({ type: "chunk", id, bytes: part.value });
    }
    this.#post({ type: "end", id });
  }
}

function failureOf(id: number, error: unknown): FrameMessage {
  if (!(error instanceof Error)) {
    return { type: "failed", id, message: String(error) };
  }
  const { message, name } = error;
  const results = "results" in error && Array.isArray(error.results) ? { results: error.results } : {};
  return { type: "failed", id, message, name, ...results };
}
