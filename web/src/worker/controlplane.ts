import { CALENDAR_START } from "../protocol/clock.ts";
import type { FileSource } from "../protocol/exchange.ts";
import type { PageMessage, WorkerMessage } from "../protocol/messages.ts";
import type { ArchiveRefusal } from "../protocol/storage.ts";
import { Answers } from "./answers.ts";
import { ask } from "./ask.ts";
import { VirtualClock } from "./clock/clock.ts";
import type { ClockHost, GateState } from "./clock/clockhost.ts";
import { Wakeup } from "./clock/wakeup.ts";
import { Frames } from "./frames.ts";
import { GoProgram } from "./go/go.ts";
import { SeededRandom } from "./go/random.ts";
import { StandardError } from "./go/stderr.ts";
import { type GoApi, HOST_NAME, type Host } from "./host.ts";
import { bringToPresent } from "./layout.ts";
import { Looks } from "./looks.ts";
import { DeferredPart } from "./module/deferred.ts";
import type { LoadedModule, LoadProgress } from "./module/module.ts";
import { claim, type Ownership } from "./ownership.ts";
import { COMMON_OPTIONS, type Point, READINGS, START_HEAP_GROWTH, START_SEED } from "./parking.ts";
import type { Preparation } from "./preparation.ts";
import { begin, type Program, type Unstarted } from "./program.ts";
import { type RestoredControlPlane, restoreControlPlane } from "./start.ts";
import type { ControlPlaneSurroundings } from "./surroundings.ts";

type BootMessage = Extract<PageMessage, { type: "boot" }>;
type Request = Exclude<PageMessage, { readonly type: "boot" }>;

/** The worker's own request to end the cluster; no request of the page or of a visitor has this number. */
const YIELD = 0;

/**
 * One control plane in one worker: the Go program, its clock, and what the page
 * and the program say to each other. It ends with a panic or a reset and is not
 * used again afterwards.
 */
export class ControlPlane implements ClockHost, Host {
  /** The part of the page's options that Go sees. */
  options: BootMessage["options"];
  readonly archive: Uint8Array | null;
  readonly owner = `${Date.now()}-${Math.random()}`;
  readonly upgrade = bringToPresent;
  readonly #surroundings: ControlPlaneSurroundings<WorkerMessage>;
  readonly #preparation: Preparation;
  readonly #asked: BootMessage["options"];
  readonly #deferredSource: FileSource;
  readonly #clock: VirtualClock;
  readonly #output = new StandardError();
  readonly #wakeup = new Wakeup(() => this.#clock.pump());
  readonly #frames: Frames;
  readonly #answers: Answers;
  readonly #looks: Looks;
  /** Requests that came before Go registered its API, in order. Only a reset can be among them: the page keeps all others until `ready`. */
  #early: Request[] = [];
  #running: Program | undefined;
  #deferred: DeferredPart | undefined;
  #api: GoApi | null = null;
  /** Nested turns: Go calls JavaScript, which calls Go. */
  #depth = 0;
  #dirty = false;
  #random = new SeededRandom(START_SEED);
  /** Go has stopped at a point of its start and will go on after this turn. */
  #parked: { readonly point: Point; readonly wake: () => void } | undefined;
  #ownership: Ownership | null = null;
  /** Another tab has asked for the cluster. */
  #yielding = false;
  #ended = false;

  constructor(
    boot: BootMessage,
    preparation: Preparation,
    surroundings: ControlPlaneSurroundings<WorkerMessage>,
  ) {
    this.options = boot.options;
    this.#asked = boot.options;
    this.#deferredSource = boot.wasm.deferred;
    this.archive = boot.archive;
    this.#surroundings = surroundings;
    this.#preparation = preparation;
    this.#clock = new VirtualClock(this, boot.options.startTime ?? CALENDAR_START, boot.options.rate);
    if (boot.options.paused) {
      void this.#clock.command({ kind: "pause" });
    }
    this.#frames = new Frames({
      hostNow: this.hostNow,
      later: (delay, run) => surroundings.later(delay, run),
      post: (frame) => this.#post({ type: "frame", frame }),
      postTimeline: (timeline) => this.#post({ type: "timeline", timeline }),
    });
    this.#looks = new Looks({
      hostNow: this.hostNow,
      clusterNow: () => this.#clock.time.now,
      later: (delay, run) => surroundings.later(delay, run),
      look: () => this.#look(),
    });
    this.#answers = new Answers({
      post: (message, transfer) => this.#post(message, transfer),
      flushFrame: () => this.#frames.flush(),
      visited: {
        clock: this.#clock,
        fetch: (id, method, path, headers, body) => this.#api?.fetch(id, method, path, headers, body),
        dial: (id) => this.#api?.dial(id),
        send: (id, bytes) => this.#api?.send(id, bytes),
        pull: (id) => this.#api?.pull(id),
        cancel: (id) => this.#api?.cancel(id),
      },
    });
  }

  /** Loads the program and runs it. Resolves when it has ended; the page is told of errors. */
  async boot(boot: BootMessage): Promise<void> {
    try {
      if (!(await this.#claim(boot))) {
        return;
      }
      // The machine of a control plane is on UTC, wherever its visitor is. Go asks once.
      Date.prototype.getTimezoneOffset = () => 0;
      this.#preparation.loadRuntime();
      const restored = await this.#restore(boot);
      if (restored !== null) {
        await this.#goOnFrom(restored);
        return;
      }
      const loaded = await this.#preparation.module(this.#told);
      await this.#start(await begin(loaded, this.#createProgram(), this.#deferredPart));
    } catch (error) {
      this.#trap(error);
    }
  }

  /** Resolves with the program restored from its image, or with null where it must start from the beginning. */
  async #restore({ options, archive }: BootMessage): Promise<RestoredControlPlane | null> {
    const beginning = await this.#preparation.beginning(options, archive !== null, this.#told);
    if (beginning.point === "ready") {
      this.options = COMMON_OPTIONS;
    }
    let { error } = beginning;
    try {
      if (beginning.image !== null) {
        return await restoreControlPlane(beginning.image, this.#createProgram(), this.#deferredPart, this);
      }
    } catch (misfit) {
      error = misfit;
    }
    if (error !== undefined) {
      this.log("warning", `start without an image: ${message(error)}`);
    }
    return null;
  }

  readonly #told: LoadProgress = (progress) => this.#post({ type: "progress", ...progress });

  async #start({ program, module, instance }: Unstarted): Promise<void> {
    this.#post({ type: "progress", stage: "start" });
    this.#running = { program, module };
    let ended: Promise<void> | undefined;
    this.#turn(() => {
      ended = program.run(instance);
    });
    await ended;
  }

  async #goOnFrom({ program, module, state, api, wake, ended }: RestoredControlPlane): Promise<void> {
    this.#running = { program, module };
    this.#clock.time.restore(state.time);
    this.#random.restore(state.random);
    this.#api = api;
    for (const message of state.told) {
      this.#post(message);
    }
    this.#unpark(state.point, wake);
    // Commands for the clock come before the page's requests to a ready cluster.
    this.#clock.pump();
    await ended;
  }

  /** Has the checks of a lesson look at the cluster. */
  #look(): boolean {
    const { suspension } = this.#running?.program ?? {};
    if (this.#api === null || suspension === undefined || suspension.suspended || this.#depth > 0) {
      return false;
    }
    this.#api.look();
    return true;
  }

  #createProgram(): GoProgram {
    return new GoProgram({
      clock: this.#clock.time,
      random: { fill: (bytes) => this.#random.fill(bytes) },
      output: this.#output,
      globals: { [HOST_NAME]: this },
      turn: (run) => this.#turn(run),
      exit: (code) => this.#exit(code),
    });
  }

  /** The part of the program's module that comes when it is needed: Go is suspended and time stands until it is there. */
  readonly #deferredPart = (loaded: LoadedModule, program: GoProgram): DeferredPart => {
    this.#deferred = new DeferredPart({
      source: this.#deferredSource,
      fetch: (url, init) => this.#surroundings.fetch(url, init),
      loaded,
      imports: program.imports,
      nested: () => program.suspension.nested,
      suspend: () => {
        program.suspension.suspend();
        this.#clock.stand();
      },
      goOn: (loop) => {
        this.#clock.goOn();
        this.#turn(() => program.suspension.goOn(loop));
      },
      tell: (state, slot) => this.#post({ type: "missing", state, slot }),
    });
    return this.#deferred;
  };

  /** What is stored belongs to one tab at a time. */
  async #claim({ options: { storage, cluster }, takeOver }: BootMessage): Promise<boolean> {
    if (storage === "indexeddb") {
      this.#ownership = await claim({
        cluster,
        takeOver,
        onYield: () => this.#yield(),
        onLost: () => this.taken(),
      });
      if (this.#ownership === null) {
        this.taken();
        return false;
      }
    }
    return !this.#ended;
  }

  /** Another tab wants the cluster: stores everything and ends. */
  #yield(): void {
    if (this.#yielding || this.#ended) {
      return;
    }
    this.#yielding = true;
    if (this.#api === null) {
      this.taken();
    } else {
      this.#handle({ type: "close", id: YIELD });
    }
  }

  /** Handles a message from the page. */
  receive(request: Request): void {
    if (this.#ended) {
      this.#refuse(request);
    } else if (this.#api === null && request.type !== "clock") {
      this.#early.push(request);
    } else {
      this.#handle(request);
    }
  }

  #handle(request: Request): void {
    const api = this.#api;
    switch (request.type) {
      case "connect":
        this.#answers.connect(request.port);
        break;
      case "disconnect":
        this.#answers.disconnect();
        break;
      case "clock":
        this.#clock.command(request.command).then(
          (value) => this.reply(request.id, value),
          (error) => this.failed(request.id, message(error), null),
        );
        break;
      case "lesson":
        if (api !== null) {
          ask(api, request);
          this.#looks.told(request.command.kind);
        }
        break;
      case "reset":
      case "close":
        this.#finish();
        api?.[request.type](request.id);
        break;
      default:
        if (api !== null) {
          ask(api, request);
        }
    }
  }

  /** Stopping takes cluster time, which must pass whatever was asked of the clock. */
  #finish(): void {
    this.#clock.finish();
    this.#api?.gate("open", 0);
  }

  // ------------------------------------------------------------ turns of Go

  /** Runs Go until all its goroutines are blocked. Time stands; after the outermost turn, what it made for the page is sent. */
  #turn(run: () => void): void {
    if (this.#ended) {
      return;
    }
    if (this.#depth === 0) {
      this.#clock.catchUp();
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
      const changed = this.#dirty;
      this.#takeFrame();
      this.#answers.sendReplies();
      this.#clock.wake();
      this.#looks.turned(changed);
      this.#goOn();
    }
  }

  /** Takes what the turn has made for the page. Go may have to wait for a part of its module first. */
  #takeFrame(): void {
    const { suspension } = this.#running?.program ?? {};
    if (!this.#dirty || suspension === undefined || suspension.suspended) {
      return;
    }
    this.#dirty = false;
    suspension.call(
      () => this.#api?.frame() ?? null,
      (frame) =>
        suspension.call(
          () => this.#api?.timeline() ?? null,
          (timeline) => {
            if (frame !== null || timeline !== null) {
              this.#frames.add(frame, timeline);
            }
          },
        ),
    );
  }

  /** Wakes Go at the instant at which it stopped, whether its memory was captured or restored there. */
  #goOn(): void {
    const parked = this.#parked;
    if (parked !== undefined && this.#running?.program.suspension.suspended !== true) {
      this.#parked = undefined;
      if (this.#running !== undefined) {
        this.#running.program.passReadings(READINGS[parked.point]);
        this.#surroundings.capture?.({
          ...parked,
          ...this.#running,
          host: this,
          time: this.#clock.time,
          random: this.#random,
          api: this.#api,
          frames: this.#frames,
          holds: this.#clock.holds,
        });
      }
      this.#unpark(parked.point, parked.wake);
    }
  }

  #unpark(point: Point, wake: () => void): void {
    if (point === "ready") {
      this.options = this.#asked;
      this.#random = new SeededRandom(this.options.seed);
    }
    this.#turn(wake);
  }

  #exit(code: number): void {
    if (this.#yielding) {
      this.taken();
    }
    if (!this.#ended && code !== 0) {
      const { message: text, stack } = this.#output.panic(`the control plane ended with code ${code}`);
      this.#panic(text, stack);
    }
    this.#end();
  }

  /** Go, or what loads it, has thrown: the stack is exhausted, memory cannot grow, or a defect. */
  #trap(error: unknown): void {
    const { message: text, stack } = this.#output.panic(message(error));
    this.#panic(text, stack || (error instanceof Error ? (error.stack ?? "") : ""));
  }

  #panic(text: string, stack: string, refusal: ArchiveRefusal | null = null): void {
    if (!this.#ended) {
      this.#post({ type: "panic", message: text, stack, refusal });
    }
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#api = null;
    this.#answers.disconnect();
    this.#answers.sendReplies();
    this.#clock.stop();
    this.#deferred?.stop();
    this.#wakeup.close();
    this.#ownership?.release();
    this.#ownership = null;
    const early = this.#early;
    this.#early = [];
    for (const request of early) {
      this.#refuse(request);
    }
  }

  #refuse(request: Request): void {
    if ("id" in request && request.type !== "pull" && request.type !== "cancel") {
      this.failed(request.id, "the control plane is not running", null);
    }
  }

  #post(message: WorkerMessage, transfer?: Transferable[]): void {
    this.#surroundings.post(message, transfer);
  }

  // ------------------------------------------------------------ the clock's host

  hostNow = (): number => this.#surroundings.now();

  fire(): void {
    this.#running?.program.resume();
  }

  schedule(delay: number): void {
    this.#wakeup.schedule(delay);
  }

  setGate(state: GateState, step: number): void {
    this.#api?.gate(state, step);
  }

  report(clock: Parameters<ClockHost["report"]>[0]): void {
    this.#post({ type: "clock", clock });
  }

  /** Nothing is settled before Go says so, and nothing moves once Go has ended. */
  settled(): boolean {
    return this.#api?.settled() ?? false;
  }

  // ------------------------------------------------------------ Go's host

  register(api: GoApi | null): void {
    this.#api = api;
    if (api !== null) {
      const early = this.#early;
      this.#early = [];
      // Not within Go's own turn.
      queueMicrotask(() => {
        for (const request of early) {
          this.receive(request);
        }
      });
    }
  }

  pendingReset(): number | null {
    const request = this.#early.find((early) => early.type === "reset");
    if (request === undefined) {
      return null;
    }
    this.#early = this.#early.filter((other) => other !== request);
    return request.id;
  }

  progress(stage: Parameters<Host["progress"]>[0]): void {
    this.#post({ type: "progress", stage });
  }

  get heapGrowth(): number {
    return this.options === COMMON_OPTIONS ? START_HEAP_GROWTH : 0;
  }

  parks(point: Point): boolean {
    return point === "built" || this.options === COMMON_OPTIONS;
  }

  parked(point: Point, wake: () => void): void {
    this.#parked = { point, wake };
  }

  ready(version: Parameters<Host["ready"]>[0], restored: boolean): void {
    this.#clock.started();
    const bootMilliseconds = this.hostNow() - this.#preparation.begun;
    this.#post({ type: "ready", version, bootMilliseconds, restored });
  }

  response(id: number, status: number, headers: [string, string][]): void {
    this.#answers.response(id, status, headers);
  }

  chunk(id: number, bytes: Uint8Array): void {
    this.#answers.chunk(id, bytes);
  }

  sent(id: number): void {
    this.#answers.sent(id);
  }

  end(id: number): void {
    this.#answers.end(id);
  }

  failed(id: number, text: string, refusal: ArchiveRefusal | null): void {
    this.#answers.failed(id, text, refusal);
  }

  reply(id: number, value: Parameters<Host["reply"]>[1]): void {
    this.#answers.reply(id, value);
    if (this.#depth === 0) {
      this.#answers.sendReplies();
    }
  }

  dirty(): void {
    this.#dirty = true;
  }

  looked(report: Parameters<Host["looked"]>[0]): void {
    this.#looks.looked();
    if (report !== null) {
      this.#post({ type: "lesson", report });
    }
  }

  stepped(step: number): void {
    this.#clock.stepped(step);
  }

  storage(...[state, reason, text]: Parameters<Host["storage"]>): void {
    this.#post({ type: "storage", state, reason, message: text });
  }

  taken(): void {
    if (!this.#ended) {
      this.#post({ type: "taken" });
      this.#end();
    }
  }

  log(level: Parameters<Host["log"]>[0], text: string): void {
    this.#post({ type: "log", level, message: text });
  }

  hold(): void {
    this.#clock.hold();
  }

  release(): void {
    this.#clock.release();
  }

  restored(milliseconds: number, seed: number, revision: number): void {
    this.#clock.time.set(milliseconds);
    this.#random = new SeededRandom(seed, revision);
  }

  crash(text: string, refusal: ArchiveRefusal | null): void {
    this.#panic(text, "", refusal);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
