/**
 * The messages of the worker that runs kubectl and the terminal's shell. It
 * talks to the page, and over a MessagePort to the worker of the control plane:
 * one discriminated union for each direction of both, on the field `type`.
 *
 * The page (`client/`) and the workers (`worker/`) import this folder and nothing
 * else of each other. Every `switch` over a union ends in `unreachable(message)`
 * of messages.ts.
 *
 * Units: times are milliseconds since 1970 of *cluster* time.
 *
 * Correlation: a request carries an `id` chosen by its sender, unique among
 * those in flight. The answers carry the same `id`.
 */

import type { ExchangeAnswer, ExchangeRequest, MissingMessage, ModuleSource } from "./exchange.ts";
import type { Refusal } from "./refusal.ts";

// ---------------------------------------------------------------- page and kubectl worker

/** A file of the terminal that outlives a reload. */
export interface StoredFile {
  /** Absolute, such as `/root/roll_update.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** The directory where commands run and where relative names lead: homeDirectory in wasm/kubectl. */
const HOME = "/root";

/** The path of a file in the home directory, by its name. */
export function homePath(name: string): string {
  return `${HOME}/${name}`;
}

/** The name of a file directly in the home directory. */
export function homeName(path: string): string | undefined {
  const name = path.startsWith(`${HOME}/`) ? path.slice(HOME.length + 1) : "";
  return name === "" || name.includes("/") ? undefined : name;
}

/** Bytes of output of one command that may be in flight to the page; beyond that the command waits. */
export const OUTPUT_WINDOW = 256 * 1024;

/** The possible completions at the cursor, and how much of the line before the cursor they replace. */
export interface Completion {
  /** Length of what is replaced, in UTF-16 units before the cursor. */
  readonly replace: number;
  readonly candidates: readonly { readonly text: string; readonly description: string }[];
}

/** Page to kubectl worker. */
export type TerminalRequest =
  /** The first message, once. The URLs are absolute; the port leads to the control plane. */
  | {
      readonly type: "boot";
      readonly wasm: ModuleSource;
      readonly wasmExec: string;
      readonly port: MessagePort;
      readonly seed: number;
      readonly files: readonly StoredFile[];
    }
  /** A line of the terminal's shell, in a session of its own variables and directory. Answered by `output`s and an `exit`. */
  | { readonly type: "run"; readonly id: number; readonly session: string; readonly line: string }
  /** One kubectl command; `files` are written to the home directory first. Answered as `run` is. */
  | {
      readonly type: "kubectl";
      readonly id: number;
      readonly args: readonly string[];
      readonly stdin: string;
      readonly files: readonly StoredFile[];
    }
  /** Text for the standard input of run `id`; `null` ends it. */
  | { readonly type: "input"; readonly id: number; readonly text: string | null }
  /** Ctrl-C for run `id`. */
  | { readonly type: "interrupt"; readonly id: number }
  /** The page has taken so many bytes of output of `id`. */
  | { readonly type: "consumed"; readonly id: number; readonly bytes: number }
  /** Answered by a reply with a {@link Completion}. */
  | {
      readonly type: "complete";
      readonly id: number;
      readonly session: string;
      readonly line: string;
      readonly cursor: number;
    }
  /** Asks for the prompt of a session's next line, such as `root@k8s-master:~#`. Answered by a reply with it. */
  | { readonly type: "prompt"; readonly id: number; readonly session: string }
  /** Closes a session. Whatever still runs in it is interrupted. */
  | { readonly type: "close"; readonly session: string }
  /** Writes a file of the terminal, or removes it with `null`. Answered by a reply with `null`. */
  | { readonly type: "file"; readonly id: number; readonly path: string; readonly text: string | null }
  /** Answers `edit`: what was saved, or `null` when the user gave up. */
  | { readonly type: "edited"; readonly id: number; readonly text: string | null };

/** The values with which requests other than `run` and `kubectl` are answered. */
export interface TerminalValues {
  readonly complete: Completion;
  readonly prompt: string;
  readonly file: null;
}

/** Kubectl worker to page. */
export type TerminalMessage =
  | {
      readonly type: "progress";
      readonly stage: "download" | "compile" | "start";
      readonly loaded?: number;
      readonly total?: number;
    }
  /** Commands can run. */
  | { readonly type: "ready"; readonly bootMilliseconds: number }
  /** The bytes are the receiver's. */
  | {
      readonly type: "output";
      readonly id: number;
      readonly stream: "stdout" | "stderr";
      readonly bytes: Uint8Array;
    }
  /** `refusals` says who has refused requests of a command that has failed, `unread` what was typed for it and not read. */
  | {
      readonly type: "exit";
      readonly id: number;
      readonly code: number;
      readonly refusals: readonly Refusal[];
      readonly unread: string;
    }
  /**
   * Whether the terminal of `id` is raw: a program in a container reads every
   * key, echoes what is typed and takes Ctrl-C for itself.
   */
  | { readonly type: "raw"; readonly id: number; readonly raw: boolean }
  | { readonly type: "reply"; readonly id: number; readonly value: TerminalValues[keyof TerminalValues] }
  | { readonly type: "failed"; readonly id: number; readonly message: string }
  /** `kubectl edit` waits for the user to save the text. Answered by `edited`. */
  | { readonly type: "edit"; readonly id: number; readonly file: string; readonly text: string }
  | MissingMessage
  | { readonly type: "log"; readonly level: "warning"; readonly message: string }
  /** The files to keep from now on. */
  | { readonly type: "files"; readonly files: readonly StoredFile[] }
  /** The module is gone. Nothing follows. */
  | { readonly type: "panic"; readonly message: string; readonly stack: string };

// ---------------------------------------------------------------- kubectl worker and control plane

/** Kubectl worker to control plane, over the port. */
export type ClusterRequest =
  | ExchangeRequest<Uint8Array | null>
  /** Opens a connection to the API server, for exec and attach: its data arrive as `chunk`s, for `pull`s, until `end`. */
  | { readonly type: "dial"; readonly id: number }
  /** Bytes for a connection. The next may be sent after the answer `sent`. */
  | { readonly type: "send"; readonly id: number; readonly bytes: Uint8Array }
  /** Asks for a message of type `time`, now. */
  | { readonly type: "time" }
  /**
   * A turn of Go is over. `received` counts the answers handled so far: while it
   * lags behind what was sent, kubectl is busy, and cluster time goes no faster
   * than host time. `alarm` is when Go wants to be woken next by a message of
   * type `time`, or `null`.
   */
  | { readonly type: "turn"; readonly received: number; readonly alarm: number | null }
  /** kubectl waits for a part of its module, or no longer does: meanwhile cluster time stands. */
  | { readonly type: "waiting"; readonly waiting: boolean };

/** Control plane to kubectl worker, over the port. `now` is the cluster time at which it was sent. */
export type ClusterAnswer = { readonly now: number } & (
  | ExchangeAnswer
  | { readonly type: "sent"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly message: string }
  | { readonly type: "time" }
);
