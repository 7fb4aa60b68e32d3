import type { PageMessage, WorkerMessage } from "../protocol/messages.ts";

type Post = (message: PageMessage) => void;
type Head = Extract<WorkerMessage, { type: "response" }>;

/** Statuses for which the Response constructor takes no body. */
const BODYLESS_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

interface Exchange {
  resolve(response: Response): void;
  reject(reason: unknown): void;
  /** Set once the head has arrived. */
  body: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Settles the promise of the outstanding credit. */
  credited: (() => void) | undefined;
  detach(): void;
}

/**
 * The API requests in flight. Each becomes a `fetch` message; its answer becomes
 * a `Response` whose body asks the worker for a chunk only when it is read, so a
 * watch that nobody reads holds one chunk here (the stream's high-water mark)
 * and makes the worker wait.
 */
export class Responses {
  readonly #exchanges = new Map<number, Exchange>();
  readonly #post: Post;
  #ended: { readonly reason: unknown } | undefined;

  constructor(post: Post) {
    this.#post = post;
  }

  async request(id: number, request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = await request.text();
    request.signal.throwIfAborted();
    if (this.#ended !== undefined) {
      throw this.#ended.reason;
    }
    return new Promise((resolve, reject) => {
      const abort = () => this.#abort(id, request.signal.reason);
      request.signal.addEventListener("abort", abort, { once: true });
      this.#exchanges.set(id, {
        resolve,
        reject,
        body: undefined,
        credited: undefined,
        detach: () => request.signal.removeEventListener("abort", abort),
      });
      this.#post({
        type: "fetch",
        id,
        method: request.method,
        path: url.pathname + url.search,
        headers: [...request.headers],
        body: body === "" ? null : body,
      });
    });
  }

  head(message: Head): void {
    const exchange = this.#exchanges.get(message.id);
    if (exchange === undefined) {
      return;
    }
    const init = {
      status: message.status,
      headers: message.headers.map(([name, value]): [string, string] => [name, value]),
    };
    if (BODYLESS_STATUSES.has(message.status)) {
      exchange.resolve(new Response(null, init));
      return;
    }
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        exchange.body = controller;
      },
      pull: () =>
        new Promise<void>((credited) => {
          exchange.credited = credited;
          this.#post({ type: "pull", id: message.id });
        }),
      cancel: () => {
        this.#post({ type: "cancel", id: message.id });
        this.#forget(message.id);
      },
    });
    exchange.resolve(new Response(body, init));
  }

  chunk(id: number, bytes: Uint8Array): void {
    const exchange = this.#exchanges.get(id);
    exchange?.body?.enqueue(bytes);
    this.#settleCredit(exchange);
  }

  end(id: number): void {
    const exchange = this.#exchanges.get(id);
    exchange?.body?.close();
    this.#forget(id);
  }

  /** Reports whether `id` is a request of this table. */
  fail(id: number, reason: unknown): boolean {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) {
      return false;
    }
    exchange.reject(reason);
    exchange.body?.error(reason);
    this.#forget(id);
    return true;
  }

  /** The worker is gone: every request fails, including one about to be sent. */
  failAll(reason: unknown): void {
    this.#ended = { reason };
    for (const id of [...this.#exchanges.keys()]) {
      this.fail(id, reason);
    }
  }

  #abort(id: number, reason: unknown): void {
    if (this.fail(id, reason)) {
      this.#post({ type: "cancel", id });
    }
  }

  #forget(id: number): void {
    const exchange = this.#exchanges.get(id);
    this.#exchanges.delete(id);
    exchange?.detach();
    this.#settleCredit(exchange);
  }

  #settleCredit(exchange: Exchange | undefined): void {
    const credited = exchange?.credited;
    if (exchange !== undefined && credited !== undefined) {
      exchange.credited = undefined;
      credited();
    }
  }
}
