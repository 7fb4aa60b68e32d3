import type {
  Completion,
  StoredFile,
  TerminalMessage,
  TerminalRequest,
  TerminalValues,
} from "../protocol/kubectl.ts";
import { unreachable } from "../protocol/messages.ts";
import type { Client, Panic } from "./client.ts";
import { type Deferred, defer } from "./deferred.ts";
import { Emitter } from "./emitter.ts";

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
  /** Absolute URLs. */
  readonly wasm: string;
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

/** Ctrl-C and Ctrl-D as keys of a raw terminal. */
const CONTROL_C = "\u0003";
const CONTROL_D = "\u0004";

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
  edit: EditRequest;
  /** The terminal's files have changed. */
  files: readonly StoredFile[];
  /** The module has ended; the next command starts another. */
  panic: Panic;
}

/** Exit status of what ran when the module ended: as a shell tells of a killed program. */
export const STATUS_KILLED = 137;

/** Host time that a command may take to end after Ctrl-C before its worker is ended with all that runs there. */
const INTERRUPT_PATIENCE_MILLISECONDS = 3000;

interface Running {
  readonly decoders: { readonly stdout: TextDecoder; readonly stderr: TextDecoder };
  readonly output: OutputListener;
  readonly ended: Deferred<number>;
  raw: boolean;
  patience: ReturnType<typeof setTimeout> | undefined;
}

type Pending = Deferred<TerminalValues[keyof TerminalValues]>;

/**
 * The page's end of the protocol with the kubectl worker, which it starts when
 * it is first needed and again after a panic, a reset or a command that would
 * not end. It knows no panel and no element.
 */
export class Kubectl {
  readonly #options: KubectlOptions;
  readonly #events = new Emitter<KubectlEvents>();
  readonly #running = new Map<number, Running>();
  readonly #pending = new Map<number, Pending>();
  #worker: KubectlPort | undefined;
  #starting: Promise<KubectlPort> | undefined;
  #files: readonly StoredFile[];
  /** The editor's files, path to text, as the worker last had them. */
  #told = new Map<string, string>();
  #nextId = 1;

  constructor(options: KubectlOptions) {
    this.#options = options;
    this.#files = options.store.load();
    // Another cluster, or none any more: what ran is not of it.
    options.client.on("start", () => this.#end("the cluster was restarted"));
    options.client.on("panic", () => this.#end("the cluster is gone"));
  }

  on<Name extends keyof KubectlEvents>(
    event: Name,
    listener: (detail: KubectlEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** The files that are kept, as last told. */
  get files(): readonly StoredFile[] {
    return this.#files;
  }

  /** The terminal's files are these from now on: those of another cluster. What runs is ended. */
  restore(files: readonly StoredFile[]): void {
    this.#end("the cluster was replaced");
    this.#keep(files);
  }

  /** Starts the module if it does not run, so that the first command need not wait for it. */
  async load(): Promise<void> {
    await this.#start();
  }

  /** Runs a line of the shell in a session, which keeps its variables and its directory from line to line. */
  run(session: string, line: string, output: OutputListener): Execution {
    return this.#execute(output, (id) => ({ type: "run", id, session, line }));
  }

  /** Runs one kubectl command. `files` are written into the home directory first. */
  kubectl(
    args: readonly string[],
    output: OutputListener,
    options: { stdin?: string; files?: Readonly<Record<string, string>> } = {},
  ): Execution {
    const files = Object.entries(options.files ?? {}).map(([path, text]) => ({ path, text }));
    return this.#execute(output, (id) => ({ type: "kubectl", id, args, stdin: options.stdin ?? "", files }));
  }

  async complete(session: string, line: string, cursor: number): Promise<Completion> {
    return this.#request<"complete">((id) => ({ type: "complete", id, session, line, cursor }));
  }

  /** What stands before the next line of a session. */
  async prompt(session: string): Promise<string> {
    return this.#request<"prompt">((id) => ({ type: "prompt", id, session }));
  }

  /** Writes a file, or removes it with `null`. A relative path is one of the home directory. */
  async writeFile(path: string, text: string | null): Promise<void> {
    await this.#request<"file">((id) => ({ type: "file", id, path, text }));
  }

  closeSession(session: string): void {
    this.#worker?.postMessage({ type: "close", session });
  }

  /** Forgets the files too: for a cluster that is deleted. */
  reset(): void {
    this.#end("the cluster was reset");
    this.#keep([]);
  }

  destroy(): void {
    this.#end("the page let the terminal go");
    this.#events.clear();
  }

  #start(): Promise<KubectlPort> {
    this.#starting ??= this.#boot();
    return this.#starting;
  }

  async #boot(): Promise<KubectlPort> {
    const { client, createWorker, wasm, wasmExec, seed } = this.#options;
    await client.ready;
    const worker = createWorker();
    this.#worker = worker;
    this.#told.clear();
    const { port1, port2 } = new MessageChannel();
    client.connect(port1);
    worker.addEventListener("message", (event) => {
      if (this.#worker === worker) {
        this.#receive(event.data);
      }
    });
    worker.addEventListener("error", (event) => {
      if (this.#worker === worker) {
        this.#panic({ message: event.message ?? "the worker script could not be loaded", stack: "" });
      }
    });
    worker.postMessage({ type: "boot", wasm, wasmExec, port: port2, seed, files: this.#files }, [port2]);
    return worker;
  }

  /** Ends the worker; what runs in it ends with `reason` on its standard error. */
  #end(reason: string): void {
    this.#worker?.terminate();
    if (this.#worker !== undefined) {
      this.#options.client.disconnect();
    }
    this.#worker = undefined;
    this.#starting = undefined;
    for (const [id, running] of [...this.#running]) {
      running.output("stderr", `${reason}\n`);
      this.#finish(id, STATUS_KILLED);
    }
    for (const pending of this.#pending.values()) {
      pending.reject(new Error(reason));
    }
    this.#pending.clear();
  }

  #execute(output: OutputListener, message: (id: number) => TerminalRequest): Execution {
    const id = this.#nextId++;
    const running: Running = {
      decoders: { stdout: new TextDecoder(), stderr: new TextDecoder() },
      output,
      ended: defer<number>(),
      raw: false,
      patience: undefined,
    };
    this.#running.set(id, running);
    this.#start().then(
      (worker) => {
        if (this.#running.has(id)) {
          this.#tellEditorFiles(worker);
          worker.postMessage(message(id));
        }
      },
      (error) => {
        this.#starting = undefined;
        this.#running.delete(id);
        running.ended.reject(error);
      },
    );
    const input = (text: string | null) => this.#worker?.postMessage({ type: "input", id, text });
    return {
      ended: running.ended.promise,
      get raw() {
        return running.raw;
      },
      interrupt: () => (running.raw ? input(CONTROL_C) : this.#interrupt(id)),
      stop: () => this.#interrupt(id),
      input: (text) => input(running.raw ? (text ?? CONTROL_D) : text),
    };
  }

  /** Brings the worker what was changed, renamed or deleted in the editor since. */
  #tellEditorFiles(worker: KubectlPort): void {
    const files = new Map((this.#options.editorFiles?.() ?? []).map(({ path, text }) => [path, text]));
    const write = (path: string, text: string | null) =>
      worker.postMessage({ type: "file", id: this.#nextId++, path, text });
    for (const path of this.#told.keys()) {
      if (!files.has(path)) {
        write(path, null);
      }
    }
    for (const [path, text] of files) {
      if (this.#told.get(path) !== text) {
        write(path, text);
      }
    }
    this.#told = files;
  }

  #interrupt(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) {
      return;
    }
    this.#worker?.postMessage({ type: "interrupt", id });
    running.patience ??= setTimeout(
      () => this.#end("the command did not end, so the terminal was restarted"),
      INTERRUPT_PATIENCE_MILLISECONDS,
    );
  }

  async #request<Kind extends keyof TerminalValues>(
    message: (id: number) => TerminalRequest,
  ): Promise<TerminalValues[Kind]> {
    const worker = await this.#start();
    const id = this.#nextId++;
    const pending: Pending = defer();
    this.#pending.set(id, pending);
    worker.postMessage(message(id));
    return (await pending.promise) as TerminalValues[Kind];
  }

  #receive(message: TerminalMessage): void {
    switch (message.type) {
      case "progress":
        this.#events.emit("loading", message);
        break;
      case "ready":
        this.#events.emit("ready", message);
        break;
      case "output": {
        const running = this.#running.get(message.id);
        const text = running?.decoders[message.stream].decode(message.bytes, { stream: true }) ?? "";
        if (text !== "") {
          running?.output(message.stream, text);
        }
        this.#worker?.postMessage({ type: "consumed", id: message.id, bytes: message.bytes.length });
        break;
      }
      case "exit":
        this.#finish(message.id, message.code);
        break;
      case "raw": {
        const running = this.#running.get(message.id);
        if (running !== undefined) {
          running.raw = message.raw;
        }
        break;
      }
      case "reply":
        this.#pending.get(message.id)?.resolve(message.value);
        this.#pending.delete(message.id);
        break;
      case "failed":
        this.#pending.get(message.id)?.reject(new Error(message.message));
        this.#pending.delete(message.id);
        break;
      case "edit":
        this.#edit(message.id, message.file, message.text);
        break;
      case "files":
        this.#keep(message.files);
        break;
      case "panic":
        this.#panic(message);
        break;
      default:
        unreachable(message);
    }
  }

  #finish(id: number, code: number): void {
    const running = this.#running.get(id);
    clearTimeout(running?.patience);
    this.#running.delete(id);
    running?.ended.resolve(code);
  }

  #edit(id: number, file: string, text: string): void {
    const worker = this.#worker;
    this.#events.emit("edit", {
      file,
      text,
      answer: (saved) => worker?.postMessage({ type: "edited", id, text: saved }),
    });
  }

  #keep(files: readonly StoredFile[]): void {
    this.#files = files;
    for (const { path, text } of files) {
      if (this.#told.has(path)) {
        this.#told.set(path, text);
      }
    }
    this.#options.store.save(files);
    this.#events.emit("files", files);
  }

  #panic(panic: Panic): void {
    this.#end(`kubectl has ended: ${panic.message}`);
    this.#events.emit("panic", { message: panic.message, stack: panic.stack });
  }
}

/** Waits for an execution and gathers what it prints. A signal that aborts interrupts it. */
export async function gather(
  start: (output: OutputListener) => Execution,
  signal?: AbortSignal,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const texts = { stdout: "", stderr: "" };
  const execution = start((stream, text) => {
    texts[stream] += text;
  });
  const interrupt = () => execution.stop();
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await execution.ended;
    return { code, ...texts };
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}
