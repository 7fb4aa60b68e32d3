import type { LessonCommand } from "../protocol/lesson.ts";

/** Host milliseconds between two looks that changes ask for. */
const PAUSE = 100;

/** Host milliseconds after which it is looked again although nothing has asked for it. */
const LONGEST_PAUSE = 1000;

/** Cluster milliseconds after which it is looked, however fast they pass: what lasts longer is not missed. */
const CLUSTER_PAUSE = 1000;

export interface LooksHost {
  hostNow(): number;
  clusterNow(): number;
  later(delay: number, run: () => void): void;
  /** Has Go look at the cluster, if it can be entered; it answers by {@link Looks.looked}. */
  look(): boolean;
}

/**
 * When the checks of a lesson's step look at the cluster: after changes, and for each
 * second of cluster time; one look at a time, and none while no step is open.
 */
export class Looks {
  readonly #host: LooksHost;
  #open = false;
  #looking = false;
  #wanted = false;
  /** When it is looked next although no turn asks for it. */
  #due = Number.POSITIVE_INFINITY;
  #lastHost = Number.NEGATIVE_INFINITY;
  #lastCluster = Number.NEGATIVE_INFINITY;

  constructor(host: LooksHost) {
    this.#host = host;
  }

  /** Go was told a command for the lesson. */
  told(kind: LessonCommand["kind"]): void {
    if (kind === "open") {
      this.#open = true;
      this.#lastHost = Number.NEGATIVE_INFINITY;
    } else if (kind === "close" || kind === "begin") {
      this.#open = false;
    }
    this.turned(kind === "open" || kind === "ran");
  }

  /** A turn of Go is over; `changed` if the diagram has changed in it. */
  turned(changed: boolean): void {
    this.#wanted ||= changed;
    if (!this.#open || this.#looking) {
      return;
    }
    const since = this.#host.hostNow() - this.#lastHost;
    if (
      Math.abs(this.#host.clusterNow() - this.#lastCluster) >= CLUSTER_PAUSE ||
      (this.#wanted && since >= PAUSE)
    ) {
      this.#look();
    } else if (this.#wanted) {
      this.#later(PAUSE - since);
    }
  }

  /** Go has told what the look has found. */
  looked(): void {
    this.#looking = false;
    this.#later(this.#wanted ? PAUSE : LONGEST_PAUSE);
  }

  #look(): void {
    this.#looking = true;
    this.#wanted = false;
    this.#lastHost = this.#host.hostNow();
    this.#lastCluster = this.#host.clusterNow();
    if (!this.#host.look()) {
      this.#looking = false;
      this.#wanted = true;
      this.#later(PAUSE);
    }
  }

  /** Looks after a delay, or earlier if that was asked for already, unless it has been looked meanwhile. */
  #later(delay: number): void {
    const due = this.#host.hostNow() + Math.max(0, delay);
    if (this.#due <= due) {
      return;
    }
    this.#due = due;
    this.#host.later(Math.max(0, delay), () => {
      if (this.#due !== due) {
        return; // an earlier one has taken its place
      }
      this.#due = Number.POSITIVE_INFINITY;
      if (!this.#open || this.#looking) {
        return;
      }
      const rest = (this.#wanted ? PAUSE : LONGEST_PAUSE) - (this.#host.hostNow() - this.#lastHost);
      if (rest > 0) {
        this.#later(rest);
      } else {
        this.#look();
      }
    });
  }
}
