import type { ClusterAnswer, ClusterRequest, TerminalRequest } from "../../protocol/kubectl.ts";
import { unreachable } from "../../protocol/messages.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { GoProgram } from "../go/go.ts";
import { SeededRandom } from "../go/random.ts";
import { StandardError } from "../go/stderr.ts";
import { DeferredPart } from "../module/deferred.ts";
import { type LoadedModule, loadModule, type ModuleLoad } from "../module/module.ts";
import { START_SEED } from "../parking.ts";
import { begin, type LoadedImage, type Program, type Restored, restore, type Unstarted } from "../program.ts";
import { ask, type Request } from "./ask.ts";
import { FollowedClock } from "./followed.ts";
import { type GoApi, HOST_NAME, type Host } from "./host.ts";
import { type KubectlState, type KubectlSurroundings, loadCaptured, type Point } from "./parking.ts";

type BootMessage = Extract<TerminalRequest, { type: "boot" }>;

/** The program's environment variables. */
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
 * the page and the control plane say to each other. It ends with a panic and is
 * not used again afterwards.
 */
export class Kubectl implements Host {
  readonly files: BootMessage["files"];
  readonly #surroundings: KubectlSurroundings;
  readonly #seed: number;
  readonly #begun = performance.now();
  readonly #clock = new FollowedClock();
  readonly #output = new StandardError();
  readonly #port: MessagePort;
  /** The page's requests that wait to be told the time, oldest first: each begins at the cluster's present time, not at that of the last message. */
  readonly #waiting: Request[] = [];
  #random = new SeededRandom(START_SEED);
  #running: Program | undefined;
  #deferred: DeferredPart | undefined;
  #api: GoApi | undefined;
  /** Go has stopped at the point of its start and will go on after this turn. */
  #parked: { readonly point: Point; readonly wake: () => void } | undefined;
  /** Nested turns: Go calls JavaScript, which calls Go. */
  #depth = 0;
  /** How many answers of the control plane have arrived, and how many of them have been confirmed. */
  #received = 0;
  #told = 0;
  #alarm: number | null = null;
  #ended = false;

  constructor(boot: BootMessage, surroundings: KubectlSurroundings) {
    this.files = boot.files;
    this.#seed = boot.seed;
    this.#surroundings = surroundings;
    this.#port = boot.port;
  }

  /** Loads the program and runs it. Resolves when it has ended; the page is told of errors. */
  async boot(boot: BootMessage): Promise<void> {
    try {
      const time = this.#firstTime();
      const captured = loadCaptured(this.#load(boot));
      this.#surroundings.loadScript(boot.wasmExec);
      Object.assign(globalThis.fs ?? {}, { constants: OPEN_FLAGS });
      const restored = await this.#restore(boot, captured);
      if (restored !== null) {
        await time;
        await this.#goOnFrom(restored);
        return;
      }
      const loaded = await loadModule(this.#load(boot));
      const unstarted = await begin(loaded, this.#createProgram(), this.#deferredPart(boot));
      await time;
      await this.#start(unstarted);
    } catch (error) {
      this.#trap(error);
    }
  }

  /** Resolves with the program restored from its image, or with null where it must start from the beginning. */
  async #restore(
    boot: BootMessage,
    captured: Promise<LoadedImage<KubectlState> | null>,
  ): Promise<Restored<KubectlState> | null> {
    try {
      const image = await captured;
      return image === null
        ? null
        : await restore(image, this.#createProgram(), this.#deferredPart(boot), { host: this });
    } catch (error) {
      const text = `start without an image: ${messageOf(error)}`;
      this.#surroundings.post({ type: "log", level: "warning", message: text });
      return null;
    }
  }

  async #start({ program, module, instance }: Unstarted): Promise<void> {
    this.#surroundings.post({ type: "progress", stage: "start" });
    this.#running = { program, module };
    let ended: Promise<void> | undefined;
    this.#turn(() => {
      ended = program.run(instance);
    });
    await ended;
  }

  async #goOnFrom({ program, module, state, wake, ended }: Restored<KubectlState>): Promise<void> {
    this.#surroundings.post({ type: "progress", stage: "start" });
    this.#running = { program, module };
    this.#clock.restore(state.time);
    this.#unpark(wake);
    await ended;
  }

  #load({ wasm }: BootMessage): ModuleLoad {
    return {
      fetch: (url, init) => this.#surroundings.fetch(url, init),
      source: wasm,
      progress: (progress) => this.#surroundings.post({ type: "progress", ...progress }),
    };
  }

  #createProgram(): GoProgram {
    return new GoProgram({
      clock: this.#clock,
      random: { fill: (bytes) => this.#random.fill(bytes) },
      output: this.#output,
      globals: { [HOST_NAME]: this },
      environment: ENVIRONMENT,
      turn: (run) => this.#turn(run),
      exit: (code) => this.#exit(code),
    });
  }

  /** The part of the program's module that comes when it is needed: Go is suspended and the cluster's time stands until it is there. */
  #deferredPart({ wasm }: BootMessage): (loaded: LoadedModule, program: GoProgram) => DeferredPart {
    return (loaded, program) => {
      this.#deferred = new DeferredPart({
        source: wasm.deferred,
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
      return this.#deferred;
    };
  }

  /** Handles a message from the page. */
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

  /** Go must not run before it is told what time it is. */
  #firstTime(): Promise<void> {
    return new Promise((resolve) => {
      this.#port.onmessage = ({ data }: MessageEvent<ClusterAnswer>) => {
        this.#port.onmessage = (event: MessageEvent<ClusterAnswer>) => this.#answer(event.data);
        this.#received++;
        this.#clock.advance(data.now);
        // Nothing runs yet: the cluster's time need not wait.
        this.#tellTurn();
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

  /** Starts the page's oldest request: each has asked for the time once. */
  #handleWaiting(): void {
    const request = this.#api === undefined ? undefined : this.#waiting.shift();
    if (request !== undefined && this.#api !== undefined) {
      ask(this.#api, request);
    }
  }

  #fireTimers(): void {
    const { program } = this.#running ?? {};
    while (program !== undefined && !this.#ended && this.#clock.fireDue(() => program.resume())) {
      // The next.
    }
  }

  /** Runs Go until all its goroutines are blocked. Time stands. */
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
    if (this.#depth === 0 && !this.#ended) {
      this.#tellTurn();
      this.#goOn();
    }
  }

  /** Wakes Go at the instant at which it stopped, whether its memory was captured or restored there. */
  #goOn(): void {
    const parked = this.#parked;
    const running = this.#running;
    if (parked !== undefined && running !== undefined && !running.program.suspension.suspended) {
      this.#parked = undefined;
      this.#surroundings.capture?.({ ...parked, ...running, host: this, clock: this.#clock });
      this.#unpark(parked.wake);
    }
  }

  #unpark(wake: () => void): void {
    this.#random = new SeededRandom(this.#seed);
    this.#turn(wake);
  }

  /** Go's requests to the control plane have been posted before this. */
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
    const { message: text, stack } = this.#output.panic(messageOf(error));
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

  parks(): boolean {
    return true;
  }

  parked(point: Point, wake: () => void): void {
    this.#parked = { point, wake };
  }

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

  exit(id: number, code: number, refusals: readonly Refusal[], unread: string): void {
    this.#surroundings.post({ type: "exit", id, code, refusals, unread });
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
