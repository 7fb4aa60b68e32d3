import type { Arithmetic } from "../protocol/diagnosis.ts";
import type { PastMoment } from "../protocol/messages.ts";
import type { Item } from "../protocol/topology.ts";

/** The cluster as it was at an earlier moment. */
export interface Past {
  /** Cluster time; if an earlier moment than the earliest kept was asked for, the earliest kept. */
  readonly time: number;
  readonly revision: number;
  readonly items: ReadonlyMap<string, Item>;
  /** What the Deployment controller computed, by the Deployment's UID. */
  readonly arithmetic: Readonly<Record<string, Arithmetic>>;
}

export interface PastHost {
  /** Requests a moment from the worker. */
  ask(time: number): Promise<PastMoment>;
  changed(past: Past | undefined): void;
}

/**
 * The moment that the page looks back at, if any. When many moments are asked for
 * in a row, as while dragging, it keeps one request in flight and then requests
 * the newest.
 */
export class Lookback {
  readonly #host: PastHost;
  #past: Past | undefined;
  #wanted: number | undefined;
  #asking: Promise<void> | undefined;

  constructor(host: PastHost) {
    this.#host = host;
  }

  get past(): Past | undefined {
    return this.#past;
  }

  /** Resolves when that moment, or one asked for later, is shown. */
  look(time: number): Promise<void> {
    this.#wanted = time;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Returns to the present. */
  leave(): void {
    this.#wanted = undefined;
    this.#set(undefined);
  }

  async #ask(): Promise<void> {
    while (this.#wanted !== undefined) {
      const time = this.#wanted;
      const { frame, arithmetic } = await this.#host.ask(time);
      // The learner may have gone back to the present meanwhile.
      if (this.#wanted !== undefined) {
        this.#set({
          time: frame.time,
          revision: frame.revision,
          items: new Map(frame.upserts.map((item) => [item.uid, item])),
          arithmetic,
        });
      }
      if (this.#wanted === time) {
        this.#wanted = undefined;
      }
    }
  }

  #set(past: Past | undefined): void {
    if (this.#past !== past) {
      this.#past = past;
      this.#host.changed(past);
    }
  }
}
