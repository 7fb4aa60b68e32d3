import type {
  ClusterAnswer,
  ClusterRequest,
  TerminalMessage,
  TerminalRequest,
} from "../../protocol/kubectl.ts";
import { unreachable } from "../../protocol/messages.ts";
import { DeferredPart } from "../deferred.ts";
import { GoProgram } from "../go.ts";
import { loadModule } from "../module.ts";
import { SeededRandom } from "../random.ts";
import { StandardError } from "../stderr.ts";
import type { Surroundings } from "../surroundings.ts";
import { FollowedClock } from "./followed.ts";
import { type GoApi, HOST_NAME, type Host } from "./host.ts";

type BootMessage = Extract<TerminalRequest, { type: "boot" }>;
type Request = Exclude<TerminalRequest, BootMessage>;

/** What a program finds in its environment. */
const ENVIRONMENT = { HOME: "/root", USER: "root", PWD: "/root", TMPDIR: "/tmp", PATH: "/usr/bin:/bin" };

/**
 * The flags of open(2) on Linux. Go reads them when it starts; wasm_exec.js has
 * none, as it has no files. The files themselves are Go's own (wasm/kubectl).
 */
const OPEN_FLAGS = {
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 64,
  O_EXCL: 128,
  O_TRUNC: 512,
  O_APPEND: 1024,
  O_DIRECTORY: 65536,
};

/**
 * kubectl and the terminal's shell in one worker: the Go program, and what it,
 * the page and the control plane say to each other. It ends by a panic and is not
 * used again after it.
 */
export class Kubectl implements Host {
  readonly files: BootMessage["files"];
  readonly #surroundings: Surroundings<TerminalMessage>;
  readonly #begun = performance.now();
  readonly #clock = new FollowedClock();
  readonly #output = new StandardError();
  readonly #port: MessagePort;
  /** Requests of the page's that wait for the time, oldest first: each begins at the cluster's time, not at that of the last message. */
  readonly #waiting: Request[] = [];
  #program: GoProgram | undefined;
  #deferred: DeferredPart | undefined;
  #api: GoApi | undefined;
  /** Nested turns: Go calls JavaScript, which calls Go. */
  #depth = 0;
  /** Answers of the control plane's that have come, and how many it has been told of. */
  #received = 0;
  #told = 0;
  #alarm: number | null = null;
  #ended = false;

  constructor(boot: BootMessage, surroundings: Surroundings<TerminalMessage>) {
    this.files = boot.files;
    this.#surroundings = surroundings;
    this.#port = boot.port;
  }

  /** Loads the program and runs it. Resolves when it has ended; what went wrong the page is told. */
  async boot(boot: BootMessage): Promise<void> {
    try {
      this.#surroundings.loadScript(boot.wasmExec);
      Object.assign(globalThis.fs ?? {}, { constants: OPEN_FLAGS });
      const program = new GoProgram({
        clock: this.#clock,
        random: new SeededRandom(boot.seed),
        output: this.#output,
        globals: { [HOST_NAME]: this },
        environment: ENVIRONMENT,
        turn: (run) => this.#turn(run),
        exit: (code) => this.#exit(code),
      });
      const loaded = await loadModule({
        fetch: (url, init) => this.#surroundings.fetch(url, init),
        source: boot.wasm,
        progress: (progress) => this.#surroundings.post({ type: "progress", ...progress }),
      });
      this.#deferred = new DeferredPart({
        source: boot.wasm.deferred,
        fetch: (url, init) => this.#surroundings.fetch(url, init),
        loaded,
        imports: program.imports,
        nested: () => program.suspension.nested,
        suspend: () => {
          program.suspension.suspend();
          this.#tell({ type: "waiting", waiting: true });
        },
        goOn: (loop) => {
          this.#tell({ type: "waiting", waiting: false });
          this.#turn(() => program.suspension.goOn(loop));
        },
        tell: (state, slot) => this.#surroundings.post({ type: "missing", state, slot }),
      });
      const instance = await this.#deferred.instantiate();
      this.#surroundings.post({ type: "progress", stage: "start" });
      await this.#firstTime();
      this.#program = program;
      let ended: Promise<void> | undefined;
      this.#turn(() => {
        ended = program.run(instance);
      });
      await ended;
    } catch (error) {
      this.#trap(error);
    }
  }

  /** Takes a message of the page's. */
  receive(request: Request): void {
    if (this.#ended) {
      if ("id" in request) {
        this.failed(request.id, "kubectl is not running");
      }
      return;
    }
    this.#waiting.push(request);
    if (this.#api !== undefined) {
      this.#tell({ type: "time" });
    }
  }

  // ------------------------------------------------------------ the control plane

  /** Go must not start before it is told what time it is. */
  #firstTime(): Promise<void> {
    return new Promise((resolve) => {
      this.#port.onmessage = ({ data }: MessageEvent<ClusterAnswer>) => {
        this.#port.onmessage = (event: MessageEvent<ClusterAnswer>) => this.#answer(event.data);
        this.#received++;
        this.#clock.advance(data.now);
        resolve();
      };
      this.#tell({ type: "time" });
    });
  }

  #answer(answer: ClusterAnswer): void {
    this.#received++;
    this.#clock.advance(answer.now);
    switch (answer.type) {
      case "response":
        this.#api?.response(answer.id, answer.status, answer.headers);
        break;
      case "chunk":
        this.#api?.chunk(answer.id, answer.bytes);
        break;
      case "sent":
        this.#api?.sent(answer.id);
        break;
      case "end":
        this.#api?.end(answer.id);
        break;
      case "failed":
        this.#api?.refused(answer.id, answer.message);
        break;
      case "time":
        this.#handleWaiting();
        break;
      default:
        unreachable(answer);
    }
    this.#fireTimers();
    this.#tellTurn();
  }

  #tell(request: ClusterRequest, transfer: Transferable[] = []): void {
    this.#port.postMessage(request, transfer);
  }

  // ------------------------------------------------------------ turns of Go

  /** The oldest request of the page's: each has asked for the time once. */
  #handleWaiting(): void {
    const request = this.#api === undefined ? undefined : this.#waiting.shift();
    if (request !== undefined && this.#api !== undefined) {
      this.#handle(request, this.#api);
    }
  }

  #handle(request: Request, api: GoApi): void {
    switch (request.type) {
      case "run":
        api.run(request.id, request.session, request.line);
        break;
      case "kubectl":
        api.kubectl(request.id, request.args, request.stdin, request.files);
        break;
      case "input":
        api.input(request.id, request.text);
        break;
      case "interrupt":
        api.interrupt(request.id);
        break;
      case "consumed":
        api.consumed(request.id, request.bytes);
        break;
      case "complete":
        api.complete(request.id, request.session, request.line, request.cursor);
        break;
      case "prompt":
        api.prompt(request.id, request.session);
        break;
      case "close":
        api.close(request.session);
        break;
      case "file":
        api.file(request.id, request.path, request.text);
        break;
      case "edited":
        api.edited(request.id, request.text);
        break;
      default:
        unreachable(request);
    }
  }

  #fireTimers(): void {
    while (!this.#ended && this.#clock.takeDue()) {
      this.#program?.resume();
    }
  }

  /** Runs Go until all of it is blocked. Time stands. */
  #turn(run: () => void): void {
    if (this.#ended) {
      return;
    }
    this.#depth++;
    try {
      run();
    } catch (error) {
      this.#trap(error);
    } finally {
      this.#depth--;
    }
    if (this.#depth === 0) {
      this.#tellTurn();
    }
  }

  /** What Go has asked of the control plane is at the port before this. */
  #tellTurn(): void {
    const { alarm } = this.#clock;
    if (!this.#ended && (this.#told !== this.#received || this.#alarm !== alarm)) {
      this.#told = this.#received;
      this.#alarm = alarm;
      this.#tell({ type: "turn", received: this.#received, alarm });
    }
  }

  #exit(code: number): void {
    const { message: text, stack } = this.#output.panic(`kubectl ended with code ${code}`);
    this.#panic(text, stack);
  }

  #trap(error: unknown): void {
    const { message: text, stack } = this.#output.panic(
      error instanceof Error ? error.message : String(error),
    );
    this.#panic(text, stack || (error instanceof Error ? (error.stack ?? "") : ""));
  }

  #panic(text: string, stack: string): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#api = undefined;
      this.#deferred?.stop();
      this.#surroundings.post({ type: "panic", message: text, stack });
    }
  }

  // ------------------------------------------------------------ Go's host

  register(api: GoApi): void {
    this.#api = api;
    this.#surroundings.post({ type: "ready", bootMilliseconds: performance.now() - this.#begun });
    for (const _ of this.#waiting) {
      this.#tell({ type: "time" });
    }
  }

  fetch(
    id: number,
    method: string,
    path: string,
    headers: readonly (readonly [string, string])[],
    body: Uint8Array | null,
  ): void {
    this.#tell({ type: "fetch", id, method, path, headers, body }, body === null ? [] : [body.buffer]);
  }

  pull(id: number): void {
    this.#tell({ type: "pull", id });
  }

  cancel(id: number): void {
    this.#tell({ type: "cancel", id });
  }

  dial(id: number): void {
    this.#tell({ type: "dial", id });
  }

  send(id: number, bytes: Uint8Array): void {
    this.#tell({ type: "send", id, bytes }, [bytes.buffer]);
  }

  output(id: number, stream: Parameters<Host["output"]>[1], bytes: Uint8Array): void {
    this.#surroundings.post({ type: "output", id, stream, bytes }, [bytes.buffer]);
  }

  exit(id: number, code: number): void {
    this.#surroundings.post({ type: "exit", id, code });
  }

  raw(id: number, raw: boolean): void {
    this.#surroundings.post({ type: "raw", id, raw });
  }

  reply(id: number, value: Parameters<Host["reply"]>[1]): void {
    this.#surroundings.post({ type: "reply", id, value });
  }

  failed(id: number, message: string): void {
    this.#surroundings.post({ type: "failed", id, message });
  }

  edit(id: number, file: string, text: string): void {
    this.#surroundings.post({ type: "edit", id, file, text });
  }

  keep(files: Parameters<Host["keep"]>[0]): void {
    this.#surroundings.post({ type: "files", files });
  }

  crash(message: string): void {
    this.#panic(message, "");
  }
}
