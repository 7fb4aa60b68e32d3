import type { TimelineDelta, TimelineSeries } from "../protocol/timeline.ts";
import type { ClusterEvent, Frame, Item } from "../protocol/topology.ts";

/** Host time between two frames sent to the page. */
export const FRAME_MILLISECONDS = 33;
/** Events that may wait for the next frame; beyond that the oldest are dropped. The page keeps fewer. */
export const MAXIMUM_WAITING_EVENTS = 2000;
/** Points, and marks, that may wait per Deployment; beyond that the oldest are dropped. Go keeps as many. */
export const MAXIMUM_WAITING_POINTS = 600;

export interface FramesHost {
  hostNow(): number;
  /** Calls `run` once after `delay` ms of host time. */
  later(delay: number, run: () => void): void;
  post(frame: Frame): void;
  postTimeline(timeline: TimelineDelta): void;
}

/**
 * Frames on their way to the page. Go makes one at the end of every turn that
 * has changed something, which at a high rate is far more often than a screen
 * shows; here they are merged until the next one may be sent. (Asking Go less
 * often would make its run depend on host time.) What waits is bounded by the
 * number of objects and by MAXIMUM_WAITING_EVENTS.
 */
export class Frames {
  readonly #host: FramesHost;
  readonly #upserts = new Map<string, Item>();
  readonly #removes = new Set<string>();
  readonly #series = new Map<string, TimelineSeries>();
  #events: ClusterEvent[] = [];
  #timeline: TimelineDelta | undefined;
  #last: Frame | undefined;
  #reset = false;
  #posted = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(host: FramesHost) {
    this.#host = host;
  }

  /** Takes a frame and the timeline of the same turn, and sends them at once or merged with those of the next 33 ms. */
  add(frame: Frame | null, timeline: TimelineDelta | null = null): void {
    if (frame !== null) {
      this.#addFrame(frame);
    }
    if (timeline !== null) {
      this.#addTimeline(timeline);
    }
    this.#schedule();
  }

  #addFrame(frame: Frame): void {
    if (frame.reset) {
      this.#reset = true;
      this.#upserts.clear();
      this.#removes.clear();
      this.#events = [];
    }
    for (const uid of frame.removes) {
      this.#upserts.delete(uid);
      this.#removes.add(uid);
    }
    for (const item of frame.upserts) {
      // Appended, so that parents stay before their children.
      this.#upserts.delete(item.uid);
      this.#upserts.set(item.uid, item);
    }
    this.#events.push(...frame.events);
    if (this.#events.length > MAXIMUM_WAITING_EVENTS) {
      this.#events.splice(0, this.#events.length - MAXIMUM_WAITING_EVENTS);
    }
    this.#last = frame;
  }

  #addTimeline(delta: TimelineDelta): void {
    const before = delta.reset ? undefined : this.#timeline;
    if (before === undefined) {
      this.#series.clear();
    }
    const removes = [...(before?.removes ?? []), ...delta.removes];
    for (const uid of delta.removes) {
      this.#series.delete(uid);
    }
    for (const series of delta.series) {
      const known = this.#series.get(series.uid);
      this.#series.set(series.uid, {
        ...series,
        points: [...(known?.points ?? []), ...series.points].slice(-MAXIMUM_WAITING_POINTS),
        marks: [...(known?.marks ?? []), ...series.marks].slice(-MAXIMUM_WAITING_POINTS),
      });
    }
    this.#timeline = { ...delta, reset: delta.reset || (before?.reset ?? false), removes };
  }

  #schedule(): void {
    if (!this.#scheduled) {
      const wait = this.#posted + FRAME_MILLISECONDS - this.#host.hostNow();
      if (wait <= 0) {
        this.flush();
      } else {
        this.#scheduled = true;
        this.#host.later(wait, () => {
          this.#scheduled = false;
          this.flush();
        });
      }
    }
  }

  /** Sends what is pending now, ahead of an answer that refers to it. */
  flush(): void {
    if (this.#last !== undefined || this.#timeline !== undefined) {
      this.#posted = this.#host.hostNow();
    }
    this.#flushFrame();
    this.#flushTimeline();
  }

  #flushTimeline(): void {
    if (this.#timeline === undefined) {
      return;
    }
    this.#host.postTimeline({ ...this.#timeline, series: [...this.#series.values()] });
    this.#timeline = undefined;
    this.#series.clear();
  }

  #flushFrame(): void {
    if (this.#last === undefined) {
      return;
    }
    this.#host.post({
      revision: this.#last.revision,
      time: this.#last.time,
      reset: this.#reset,
      upserts: [...this.#upserts.values()],
      removes: this.#reset ? [] : [...this.#removes],
      events: this.#events,
    });
    this.#last = undefined;
    this.#reset = false;
    this.#upserts.clear();
    this.#removes.clear();
    this.#events = [];
  }
}
