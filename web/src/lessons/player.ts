import { UNLIMITED_RATE } from "../protocol/clock.ts";
import type { Solution } from "./catalogue.ts";
import type { RunHost } from "./host.ts";
import type { LessonRun } from "./run.ts";

/** Cluster milliseconds from one block of a solution to the next, as the native player has them. */
const BETWEEN_BLOCKS = 2000;

/** Cluster milliseconds after which a step that its solution has not passed is given up. */
const PATIENCE = 10 * 60_000;

/** The solution of a step has not passed it: the cluster is not what the lesson expects. */
export class NotPassed extends Error {
  override readonly name = "NotPassed";
}

/** Plays solutions: one for all to see, or those up to a step out of sight. One at a time. */
export class Player {
  readonly #host: RunHost;
  readonly #run: LessonRun;
  readonly #solution: () => Promise<Solution>;
  #playing: AbortController | undefined;

  constructor(host: RunHost, run: LessonRun, solution: () => Promise<Solution>) {
    this.#host = host;
    this.#run = run;
    this.#solution = solution;
  }

  get isPlaying(): boolean {
    return this.#playing !== undefined;
  }

  /** Ends what is played, after the line that runs. */
  stop(): void {
    this.#playing?.abort();
  }

  /** Types the solution of a step into the terminal. */
  async show(step: string): Promise<void> {
    await this.#play(async (solution, signal) => {
      await this.#host.client.command({ kind: "resume" });
      if (!this.#run.hasPassed(step) && this.#run.record.step !== step) {
        await this.#run.open(step);
      }
      for (const [index, block] of (solution[step] ?? []).entries()) {
        await this.#pass(index === 0 ? 0 : BETWEEN_BLOCKS, signal);
        if (signal.aborted) {
          return;
        }
        await this.#host.show(block, signal);
      }
    });
  }

  /** Passes all steps before one by their solutions, as fast as this machine can, or all when `target` is undefined. */
  async skipTo(target: string | undefined): Promise<void> {
    await this.#play(async (solution, signal) => {
      const { client } = this.#host;
      const rate = client.clock?.rate ?? 1;
      await client.command({ kind: "resume" });
      await client.command({ kind: "rate", rate: UNLIMITED_RATE });
      try {
        for (const { id } of this.#run.steps) {
          if (id === target || signal.aborted) {
            break;
          }
          if (!this.#run.hasPassed(id)) {
            await this.#solve(id, solution[id] ?? [], signal);
          }
        }
      } finally {
        await client.command({ kind: "rate", rate });
      }
      if (target !== undefined && !signal.aborted && this.#run.record.step !== target) {
        await this.#run.open(target);
      }
    });
  }

  async #solve(step: string, blocks: readonly string[], signal: AbortSignal): Promise<void> {
    if (this.#run.record.step !== step) {
      await this.#run.open(step);
    }
    for (const block of blocks) {
      if (signal.aborted) {
        return;
      }
      await this.#host.run(block);
      await this.#pass(BETWEEN_BLOCKS, signal);
    }
    await this.#pass(PATIENCE, signal, () => this.#run.hasPassed(step));
    if (!this.#run.hasPassed(step) && !signal.aborted) {
      throw new NotPassed(step);
    }
  }

  async #play(play: (solution: Solution, signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#playing !== undefined) {
      return;
    }
    const playing = new AbortController();
    this.#playing = playing;
    // A cluster that is replaced takes the lesson's step with it.
    const forget = this.#host.client.on("start", () => playing.abort());
    try {
      await play(await this.#solution(), playing.signal);
    } finally {
      forget();
      this.#playing = undefined;
    }
  }

  /** Resolves when so much cluster time has passed, or something is so, or the play is ended. */
  #pass(milliseconds: number, signal: AbortSignal, until: () => boolean = () => false): Promise<void> {
    const { client } = this.#host;
    const end = (client.clock?.now ?? 0) + milliseconds;
    return new Promise((resolve) => {
      const forget = client.on("clock", look);
      signal.addEventListener("abort", look);
      function look(): void {
        if (signal.aborted || until() || (client.clock?.now ?? 0) >= end) {
          forget();
          signal.removeEventListener("abort", look);
          resolve();
        }
      }
      look();
    });
  }
}
