import type { StoredFile, TerminalMessage, TerminalValues } from "../../protocol/kubectl.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import type { Point } from "./parking.ts";

/** The global by which Go finds the host: hostName in wasm/kubectl/host.go. */
export const HOST_NAME = "tabernetesKubectlHost";

/** The functions that Go calls. Every call returns at once. */
export interface Host {
  readonly files: readonly StoredFile[];
  /** Whether Go is to stop at a point of its start. */
  parks(point: Point): boolean;
  /** Go has stopped, and goes on when it is woken. */
  parked(point: Point, wake: () => void): void;
  /** Takes the functions by which Go is called: from now on commands can run. */
  register(api: GoApi): void;
  /** A request to the Kubernetes API, answered through {@link GoApi}. */
  fetch(
    id: number,
    method: string,
    path: string,
    headers: readonly (readonly [string, string])[],
    body: Uint8Array | null,
  ): void;
  pull(id: number): void;
  cancel(id: number): void;
  /** A connection to the API server, answered by `chunk`s and `end`; what is sent over it by `sent`. */
  dial(id: number): void;
  send(id: number, bytes: Uint8Array): void;
  output(id: number, stream: Extract<TerminalMessage, { type: "output" }>["stream"], bytes: Uint8Array): void;
  exit(id: number, code: number, refusals: readonly Refusal[], unread: string): void;
  raw(id: number, raw: boolean): void;
  reply(id: number, value: TerminalValues[keyof TerminalValues]): void;
  failed(id: number, message: string): void;
  edit(id: number, file: string, text: string): void;
  keep(files: readonly StoredFile[]): void;
  /** The program has ended with an error. */
  crash(message: string): void;
}

/** What Go registers. Each call is a turn of Go. */
export interface GoApi {
  run(id: number, session: string, line: string): void;
  kubectl(id: number, args: readonly string[], stdin: string, files: readonly StoredFile[]): void;
  input(id: number, text: string | null): void;
  interrupt(id: number): void;
  consumed(id: number, bytes: number): void;
  complete(id: number, session: string, line: string, cursor: number): void;
  prompt(id: number, session: string): void;
  close(session: string): void;
  file(id: number, path: string, text: string | null): void;
  edited(id: number, text: string | null): void;
  response(id: number, status: number, headers: readonly (readonly [string, string])[]): void;
  chunk(id: number, bytes: Uint8Array): void;
  sent(id: number): void;
  end(id: number): void;
  refused(id: number, message: string): void;
}
