import type { ReplyValues, WorkerMessage } from "../protocol/messages.ts";
import type { ArchiveRefusal } from "../protocol/storage.ts";
import { type Visited, Visitor } from "./visitor.ts";

/** What {@link Answers} needs of the control plane. */
export interface AnswersHost {
  post(message: WorkerMessage, transfer?: Transferable[]): void;
  /** Sends the pending frame to the page. */
  flushFrame(): void;
  readonly visited: Omit<Visited, "nextRequest">;
}

/**
 * Routes what Go answers to whoever asked: to the page, or to the visitor,
 * whose requests have negative numbers.
 */
export class Answers {
  readonly #host: AnswersHost;
  /** Of the turn that runs. */
  readonly #replies: WorkerMessage[] = [];
  #visitor: Visitor | undefined;
  #nextRequest = -1;

  constructor(host: AnswersHost) {
    this.#host = host;
  }

  /** A new visitor at the port replaces the one before. */
  connect(port: MessagePort): void {
    this.disconnect();
    this.#visitor = new Visitor(port, { ...this.#host.visited, nextRequest: () => this.#nextRequest-- });
  }

  disconnect(): void {
    this.#visitor?.close();
    this.#visitor = undefined;
  }

  response(id: number, status: number, headers: [string, string][]): void {
    if (id < 0) {
      this.#visitor?.response(id, status, headers);
    } else {
      this.#host.post({ type: "response", id, status, headers });
    }
  }

  chunk(id: number, bytes: Uint8Array): void {
    if (id < 0) {
      this.#visitor?.chunk(id, bytes);
    } else {
      this.#host.post({ type: "chunk", id, bytes }, [bytes.buffer]);
    }
  }

  /** Only a visitor has connections. */
  sent(id: number): void {
    this.#visitor?.sent(id);
  }

  end(id: number): void {
    if (id < 0) {
      this.#visitor?.end(id);
    } else {
      this.#host.post({ type: "end", id });
    }
  }

  failed(id: number, message: string, refusal: ArchiveRefusal | null): void {
    if (id < 0) {
      this.#visitor?.failed(id, message);
    } else {
      this.#host.post({ type: "failed", id, message, refusal });
    }
  }

  /** Takes a reply and keeps it until the turn ends. */
  reply(id: number, value: ReplyValues[keyof ReplyValues]): void {
    this.#replies.push({ type: "reply", id, value });
  }

  /** Sends the replies after the frame of the turn, so that the diagram already shows what they tell of. */
  sendReplies(): void {
    if (this.#replies.length > 0) {
      this.#host.flushFrame();
      for (const reply of this.#replies.splice(0)) {
        this.#host.post(reply);
      }
    }
  }
}
