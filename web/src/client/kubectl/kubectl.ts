import type {
  Completion,
  StoredFile,
  TerminalMessage,
  TerminalRequest,
  TerminalValues,
} from "../../protocol/kubectl.ts";
import { unreachable } from "../../protocol/messages.ts";
import type { Panic } from "../client.ts";
import { Emitter } from "../emitter.ts";
import { Replies } from "../replies.ts";
import type { Execution, KubectlEvents, KubectlOptions, KubectlPort, OutputListener } from "./contract.ts";
import { EditorFiles } from "./editorfiles.ts";
import { type Left, NOTHING_LEFT, Running } from "./running.ts";

/** Exit status of commands that were running when the module ended, as a shell reports a killed program. */
export const STATUS_KILLED = 137;

/**
 * The page's end of the protocol with the kubectl worker, which it starts when
 * it is first needed and again after a panic, a reset or a command that would
 * not end. It knows no panel and no element.
 */
export class Kubectl {
  readonly #options: KubectlOptions;
  readonly #events = new Emitter<KubectlEvents>();
  readonly #running = new Map<number, Running>();
  readonly #replies = new Replies<TerminalValues>();
  readonly #editorFiles = new EditorFiles();
  #worker: KubectlPort | undefined;
  #starting: Promise<KubectlPort> | undefined;
  #files: readonly StoredFile[];
  #nextId = 1;

  constructor(options: KubectlOptions) {
    this.#options = options;
    this.#files = options.store.load();
    // The cluster is another or gone: running commands belonged to the old one.
    options.client.on("start", () => this.#end("the cluster was restarted"));
    options.client.on("panic", () => this.#end("the cluster is gone"));
  }

  on<Name extends keyof KubectlEvents>(
    event: Name,
    listener: (detail: KubectlEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** The stored files, as the worker last reported them. */
  get files(): readonly StoredFile[] {
    return this.#files;
  }

  /** Replaces the terminal's files with those of another cluster. Running commands are ended. */
  restore(files: readonly StoredFile[]): void {
    this.#end("the cluster was replaced");
    this.#keep(files);
  }

  /** Whether the module will most likely come from the browser's cache. */
  get cached(): boolean {
    return this.#options.wasm().cached;
  }

  /** Starts the module if it does not run, so that the first command need not wait for it. */
  async load(): Promise<void> {
    await this.#start();
  }

  /** Runs a line of the shell in a session, which keeps its variables and its directory from line to line. */
  run(session: string, line: string, output: OutputListener): Execution {
    const execution = this.#execute(output, (id) => ({ type: "run", id, session, line }));
    execution.ended.then(
      (status) => this.#events.emit("ran", { line, status }),
      () => undefined, // whoever runs it is told
    );
    return execution;
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

  /** The prompt for the next line of a session. */
  async prompt(session: string): Promise<string> {
    return this.#request<"prompt">((id) => ({ type: "prompt", id, session }));
  }

  /** Writes a file, or removes it with `null`. A relative path starts at the home directory. */
  async writeFile(path: string, text: string | null): Promise<void> {
    await this.#request<"file">((id) => ({ type: "file", id, path, text }));
  }

  closeSession(session: string): void {
    this.#worker?.postMessage({ type: "close", session });
  }

  /** Ends the worker and forgets the files, for a cluster that is deleted. */
  reset(): void {
    this.#end("the cluster was reset");
    this.#keep([]);
  }

  destroy(): void {
    this.#end("the page let the terminal go");
    this.#events.clear();
  }

  #start(): Promise<KubectlPort> {
    if (this.#starting === undefined) {
      const starting = this.#boot();
      this.#starting = starting;
      // The next request starts again.
      starting.catch(() => {
        if (this.#starting === starting) {
          this.#starting = undefined;
        }
      });
    }
    return this.#starting;
  }

  async #boot(): Promise<KubectlPort> {
    const { client, createWorker, wasm, wasmExec, seed } = this.#options;
    await client.ready;
    const worker = createWorker();
    this.#worker = worker;
    this.#editorFiles.clear();
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
    worker.postMessage({ type: "boot", wasm: wasm(), wasmExec, port: port2, seed, files: this.#files }, [
      port2,
    ]);
    return worker;
  }

  /** Ends the worker; commands running in it end with `reason` on their standard error. */
  #end(reason: string): void {
    this.#worker?.terminate();
    const had = this.#worker !== undefined;
    this.#worker = undefined;
    this.#starting = undefined;
    if (had) {
      this.#options.client.disconnect();
      this.#events.emit("ended", undefined);
    }
    for (const [id, running] of [...this.#running]) {
      running.complain(reason);
      this.#finish(id, STATUS_KILLED);
    }
    this.#replies.failAll(new Error(reason));
  }

  #execute(output: OutputListener, message: (id: number) => TerminalRequest): Execution {
    const id = this.#nextId++;
    const running = new Running(output, {
      input: (text) => this.#worker?.postMessage({ type: "input", id, text }),
      interrupt: () => this.#worker?.postMessage({ type: "interrupt", id }),
      stuck: () => this.#end("the command did not end, so the terminal was restarted"),
    });
    this.#running.set(id, running);
    this.#start().then(
      (worker) => {
        if (this.#running.has(id)) {
          this.#tellEditorFiles(worker);
          worker.postMessage(message(id));
        }
      },
      (error) => {
        this.#running.delete(id);
        running.fail(error);
      },
    );
    return running;
  }

  #tellEditorFiles(worker: KubectlPort): void {
    for (const { path, text } of this.#editorFiles.changes(this.#options.editorFiles?.() ?? [])) {
      worker.postMessage({ type: "file", id: this.#nextId++, path, text });
    }
  }

  async #request<Kind extends keyof TerminalValues>(
    message: (id: number) => TerminalRequest,
  ): Promise<TerminalValues[Kind]> {
    const worker = await this.#start();
    const id = this.#nextId++;
    const reply = this.#replies.expect<Kind>(id);
    worker.postMessage(message(id));
    return reply;
  }

  #receive(message: TerminalMessage): void {
    switch (message.type) {
      case "progress":
        this.#events.emit("loading", message);
        break;
      case "ready":
        this.#events.emit("ready", message);
        break;
      case "output":
        this.#running.get(message.id)?.print(message.stream, message.bytes);
        this.#worker?.postMessage({ type: "consumed", id: message.id, bytes: message.bytes.length });
        break;
      case "exit":
        this.#finish(message.id, message.code, message);
        break;
      case "raw": {
        const running = this.#running.get(message.id);
        if (running !== undefined) {
          running.raw = message.raw;
        }
        break;
      }
      case "reply":
        this.#replies.take(message.id, message.value);
        break;
      case "failed":
        this.#replies.fail(message.id, new Error(message.message));
        break;
      case "edit":
        this.#edit(message.id, message.file, message.text);
        break;
      case "files":
        this.#keep(message.files);
        break;
      case "missing":
        this.#events.emit("missing", message.state);
        break;
      case "log":
        this.#events.emit("log", message);
        break;
      case "panic":
        this.#panic(message);
        break;
      default:
        unreachable(message);
    }
  }

  #finish(id: number, code: number, left: Left = NOTHING_LEFT): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    running?.finish(code, left);
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
    this.#editorFiles.follow(files);
    this.#options.store.save(files);
    this.#events.emit("files", files);
  }

  #panic(panic: Panic): void {
    this.#end(`kubectl has ended: ${panic.message}`);
    this.#events.emit("panic", { message: panic.message, stack: panic.stack });
  }
}
