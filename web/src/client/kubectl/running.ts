import type { Refusal } from "../../protocol/refusal.ts";
import { defer } from "../deferred.ts";
import type { Execution, OutputListener } from "./contract.ts";

/** Ctrl-C and Ctrl-D as keys of a raw terminal. */
const CONTROL_C = "\u0003";
const CONTROL_D = "\u0004";

/** Host time that a command may take to end after Ctrl-C before its worker is terminated with everything running in it. */
const INTERRUPT_PATIENCE_MILLISECONDS = 3000;

/** The way to the worker in which a command runs. */
export interface RunningHost {
  input(text: string | null): void;
  interrupt(): void;
  /** The command has not ended after an interrupt. */
  stuck(): void;
}

/** What a command leaves besides its status. */
export interface Left {
  readonly refusals: readonly Refusal[];
  readonly unread: string;
}

/** Of a command whose worker has ended before it. */
export const NOTHING_LEFT: Left = { refusals: [], unread: "" };

/** A line or command that was requested and has not ended. */
export class Running implements Execution {
  raw = false;
  refusals: readonly Refusal[] = [];
  unread = "";
  readonly #output: OutputListener;
  readonly #host: RunningHost;
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly #ended = defer<number>();
  #over = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(output: OutputListener, host: RunningHost) {
    this.#output = output;
    this.#host = host;
  }

  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  interrupt(): void {
    if (this.raw) {
      this.#host.input(CONTROL_C);
    } else {
      this.stop();
    }
  }

  stop(): void {
    if (!this.#over) {
      this.#host.interrupt();
      this.#patience ??= setTimeout(() => this.#host.stuck(), INTERRUPT_PATIENCE_MILLISECONDS);
    }
  }

  input(text: string | null): void {
    this.#host.input(this.raw ? (text ?? CONTROL_D) : text);
  }

  print(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    const text = this.#decoders[stream].decode(bytes, { stream: true });
    if (text !== "") {
      this.#output(stream, text);
    }
  }

  /** Its worker ends before the command does, for `reason`. */
  complain(reason: string): void {
    this.#output("stderr", `${reason}\n`);
  }

  finish(code: number, { refusals, unread }: Left): void {
    this.#over = true;
    this.refusals = refusals;
    this.unread = unread;
    clearTimeout(this.#patience);
    this.#ended.resolve(code);
  }

  fail(error: unknown): void {
    this.#over = true;
    clearTimeout(this.#patience);
    this.#ended.reject(error);
  }
}
