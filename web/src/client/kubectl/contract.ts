import type { MissingPart, ModuleSource } from "../../protocol/exchange.ts";
import type { StoredFile, TerminalMessage, TerminalRequest } from "../../protocol/kubectl.ts";
import type { Client, Panic } from "../client.ts";

/** What is needed of the Worker; a test gives a message port. */
export interface KubectlPort {
  postMessage(message: TerminalRequest, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { data: TerminalMessage }) => void): void;
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
  terminate(): void;
}

/** Where the terminal's files outlive a reload. */
export interface FileStore {
  load(): readonly StoredFile[];
  save(files: readonly StoredFile[]): void;
}

export interface KubectlOptions {
  readonly client: Pick<Client, "ready" | "on" | "connect" | "disconnect">;
  readonly createWorker: () => KubectlPort;
  /** The module as it is at each start. */
  readonly wasm: () => ModuleSource;
  /** An absolute URL. */
  readonly wasmExec: string;
  readonly seed: number;
  readonly store: FileStore;
  /** What the page's editor holds: asked before each command, which finds it as files. */
  readonly editorFiles?: () => readonly StoredFile[];
}

/** What a command has come to. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type OutputListener = (stream: "stdout" | "stderr", text: string) => void;

/** A line or command that runs. */
export interface Execution {
  /** Its exit status. It rejects only when the cluster is gone. */
  readonly ended: Promise<number>;
  /** The terminal is raw: a program in a container reads every key and echoes what is typed. */
  readonly raw: boolean;
  /** Ctrl-C: ends it, or is a key for the program that reads a raw terminal. */
  interrupt(): void;
  /** Ends it, whatever reads the terminal. */
  stop(): void;
  /** Text for its standard input; `null` is Ctrl-D and ends that. */
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
  /** The module is on its way: a command that is asked for now waits for it. */
  loading: {
    readonly stage: "download" | "compile" | "start";
    readonly loaded?: number;
    readonly total?: number;
  };
  ready: { readonly bootMilliseconds: number };
  /** How the part of the module is doing that it waits for. */
  missing: MissingPart;
  /** What nobody who types a command need see. */
  log: { readonly level: "warning"; readonly message: string };
  edit: EditRequest;
  /** The terminal's files have changed. */
  files: readonly StoredFile[];
  /** The module is gone with what ran in it, by a panic or because the cluster is another. */
  ended: undefined;
  /** The module has ended by itself; the next command starts another. */
  panic: Panic;
}
