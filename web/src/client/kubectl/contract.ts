import type { MissingPart, ModuleSource } from "../../protocol/exchange.ts";
import type { StoredFile, TerminalMessage, TerminalRequest } from "../../protocol/kubectl.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import type { Client, Panic } from "../client.ts";

/** What is needed of the Worker; tests pass a message port. */
export interface KubectlPort {
  postMessage(message: TerminalRequest, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { data: TerminalMessage }) => void): void;
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
  terminate(): void;
}

/** Keeps the terminal's files across a reload. */
export interface FileStore {
  load(): readonly StoredFile[];
  save(files: readonly StoredFile[]): void;
}

export interface KubectlOptions {
  readonly client: Pick<Client, "ready" | "on" | "connect" | "disconnect">;
  readonly createWorker: () => KubectlPort;
  /** The module; called at each start. */
  readonly wasm: () => ModuleSource;
  /** An absolute URL. */
  readonly wasmExec: string;
  readonly seed: number;
  readonly store: FileStore;
  /** The editor's manifests; called before each command, which finds them as files. */
  readonly editorFiles?: () => readonly StoredFile[];
}

/** The outcome of a command. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type OutputListener = (stream: "stdout" | "stderr", text: string) => void;

/** A running line or command. */
export interface Execution {
  /** Its exit status. It rejects only when the cluster is gone. */
  readonly ended: Promise<number>;
  /** Whether the terminal is raw: a program in a container reads every key and echoes what is typed. */
  readonly raw: boolean;
  /** Who has refused its requests, once it has ended with a failure. */
  readonly refusals: readonly Refusal[];
  /** What was typed for it and it has not read, once it has ended. */
  readonly unread: string;
  /** Ctrl-C: ends the command, or is a key for the program that reads a raw terminal. */
  interrupt(): void;
  /** Ends the command, whatever reads the terminal. */
  stop(): void;
  /** Text for its standard input; `null` is Ctrl-D and ends the input. */
  input(text: string | null): void;
}

/** `kubectl edit` waits for the user. */
export interface EditRequest {
  readonly file: string;
  readonly text: string;
  /** `null`: nothing was saved. */
  answer(text: string | null): void;
}

export interface KubectlEvents {
  /** The module is being loaded: a command started now waits for it. */
  loading: {
    readonly stage: "download" | "compile" | "start";
    readonly loaded?: number;
    readonly total?: number;
  };
  ready: { readonly bootMilliseconds: number };
  /** The state of the missing part that the module waits for. */
  missing: MissingPart;
  /** Messages that are of no interest to somebody typing commands. */
  log: { readonly level: "warning"; readonly message: string };
  edit: EditRequest;
  /** A line of a session has ended. */
  ran: { readonly line: string; readonly status: number };
  /** The terminal's files have changed. */
  files: readonly StoredFile[];
  /** The module is gone with everything that ran in it, because of a panic or because the cluster was replaced. */
  ended: undefined;
  /** The module has crashed; the next command starts it again. */
  panic: Panic;
}
