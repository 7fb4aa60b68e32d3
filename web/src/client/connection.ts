import type { PageMessage, ReplyValues, WorkerMessage } from "../protocol/messages.ts";
import type { ControlPlanePanic, Ready, WorkerPort } from "./contract.ts";
import { type Deferred, defer } from "./deferred.ts";
import { errorOf, NotRunning } from "./errors.ts";
import { Replies } from "./replies.ts";
import { Responses } from "./responses.ts";

type Answer = Extract<WorkerMessage, { type: "response" | "chunk" | "end" | "failed" | "reply" }>;

/** The messages that the worker sends unasked. */
export type Notice = Exclude<WorkerMessage, Answer>;

/** The listener of a connection. */
export interface Listener {
  notice(message: Notice): void;
  /** The worker could not be loaded. */
  broken(panic: ControlPlanePanic): void;
}

/**
 * One worker with a control plane, from its boot to its end: requests go out by
 * number, and what answers them comes back. Without a worker it stands for the
 * time before the first or after the last one.
 */
export class Connection {
  readonly #worker: WorkerPort | undefined;
  readonly #listener: Listener | undefined;
  readonly #ready: Deferred<Ready> = defer();
  readonly #responses = new Responses((message) => this.post(message));
  readonly #replies = new Replies<ReplyValues>();
  #nextId = 1;
  #open: boolean;

  constructor(worker?: WorkerPort, listener?: Listener) {
    this.#worker = worker;
    this.#listener = listener;
    this.#open = worker !== undefined;
    // Keeps a rejection that nobody awaits from counting as unhandled: the panic event
    // reports it.
    this.#ready.promise.catch(() => undefined);
    worker?.addEventListener("message", ({ data }) => {
      if (this.#open) {
        this.#receive(data);
      }
    });
    worker?.addEventListener("error", ({ message = "the worker script could not be loaded" }) => {
      if (this.#open) {
        listener?.broken({ message, stack: "", refusal: null });
      }
    });
  }

  /** There is a worker, and it has not ended. */
  get open(): boolean {
    return this.#open;
  }

  /** Resolves when controllers run; rejects when the connection ends before. */
  get ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  begun(ready: Ready): void {
    this.#ready.resolve(ready);
  }

  post(message: PageMessage, transfer?: Transferable[]): void {
    if (this.#open) {
      this.#worker?.postMessage(message, transfer);
    }
  }

  /** Sends a request that a reply answers. */
  async request<Kind extends keyof ReplyValues>(
    message: (id: number) => PageMessage,
  ): Promise<ReplyValues[Kind]> {
    if (!this.#open) {
      throw new NotRunning("ended");
    }
    const id = this.#nextId++;
    const reply = this.#replies.expect<Kind>(id);
    this.post(message(id));
    return reply;
  }

  /** Sends a request to the Kubernetes API. */
  fetch(request: Request): Promise<Response> {
    return this.#responses.request(this.#nextId++, request);
  }

  /** Ends the worker: requests in flight fail for the reason. */
  end(reason: Error): void {
    this.#open = false;
    this.#worker?.terminate();
    this.#ready.reject(reason);
    this.#responses.failAll(reason);
    this.#replies.failAll(reason);
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case "response":
        this.#responses.head(message);
        break;
      case "chunk":
        this.#responses.chunk(message.id, message.bytes);
        break;
      case "end":
        this.#responses.end(message.id);
        break;
      case "failed":
        this.#fail(message.id, errorOf(message));
        break;
      case "reply":
        this.#replies.take(message.id, message.value);
        break;
      default:
        this.#listener?.notice(message);
    }
  }

  #fail(id: number, reason: Error): void {
    if (!this.#responses.fail(id, reason)) {
      this.#replies.fail(id, reason);
    }
  }
}
