import type { ClusterAnswer, ClusterRequest } from "../protocol/kubectl.ts";
import { unreachable } from "../protocol/messages.ts";
import type { VirtualClock } from "./clock/clock.ts";
import type { ClusterTime } from "./clock/clustertime.ts";
import type { GoApi } from "./host.ts";

/** What a visitor needs of the control plane. */
export interface Visited extends Pick<GoApi, "fetch" | "dial" | "send" | "pull" | "cancel"> {
  readonly clock: Pick<VirtualClock, "setAlarm" | "setBusy" | "stand" | "goOn"> & {
    readonly time: Pick<ClusterTime, "now" | "clearTimer">;
  };
  /** Returns a number that no request has had. */
  nextRequest(): number;
}

type Distribute<Answer> = Answer extends unknown ? Omit<Answer, "now"> : never;

/**
 * A client of the API that runs in a worker of its own, on this cluster's clock:
 * kubectl. It numbers its requests as it likes; they are given unique numbers
 * before Go sees them.
 *
 * Every message to the client carries the time, and the client confirms each
 * when it has handled it: until then it is busy. Nothing is queued here; unread
 * messages wait at the port, and a body waits for credits as the page's bodies
 * do.
 */
export class Visitor {
  readonly #port: MessagePort;
  readonly #visited: Visited;
  /** The client's requests in flight: its own number by Go's, and the reverse. */
  readonly #own = new Map<number, number>();
  readonly #go = new Map<number, number>();
  #sent = 0;
  /** The client waits for a part of its module. */
  #waiting = false;
  #alarm: number | undefined;

  constructor(port: MessagePort, visited: Visited) {
    this.#port = port;
    this.#visited = visited;
    port.onmessage = ({ data }: MessageEvent<ClusterRequest>) => this.#receive(data);
  }

  /** Ends the client's requests and lets time go on. */
  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
    for (const id of this.#own.keys()) {
      this.#visited.cancel(id);
    }
    this.#own.clear();
    this.#go.clear();
    this.#setAlarm(null);
    this.#visited.clock.setBusy(false);
    this.#setWaiting(false);
  }

  response(id: number, status: number, headers: [string, string][]): void {
    const own = this.#own.get(id);
    if (own !== undefined) {
      this.#send({ type: "response", id: own, status, headers });
    }
  }

  chunk(id: number, bytes: Uint8Array): void {
    const own = this.#own.get(id);
    if (own !== undefined) {
      this.#send({ type: "chunk", id: own, bytes }, [bytes.buffer]);
    }
  }

  sent(id: number): void {
    const own = this.#own.get(id);
    if (own !== undefined) {
      this.#send({ type: "sent", id: own });
    }
  }

  end(id: number): void {
    const own = this.#forget(id);
    if (own !== undefined) {
      this.#send({ type: "end", id: own });
    }
  }

  failed(id: number, message: string): void {
    const own = this.#forget(id);
    if (own !== undefined) {
      this.#send({ type: "failed", id: own, message });
    }
  }

  #receive(request: ClusterRequest): void {
    switch (request.type) {
      case "fetch":
        this.#visited.fetch(
          this.#number(request.id),
          request.method,
          request.path,
          request.headers,
          request.body,
        );
        break;
      case "dial":
        this.#visited.dial(this.#number(request.id));
        break;
      case "send": {
        const id = this.#go.get(request.id);
        if (id !== undefined) {
          this.#visited.send(id, request.bytes);
        }
        break;
      }
      case "pull": {
        const id = this.#go.get(request.id);
        if (id !== undefined) {
          this.#visited.pull(id);
        }
        break;
      }
      case "cancel": {
        const id = this.#go.get(request.id);
        if (id !== undefined) {
          this.#forget(id);
          this.#visited.cancel(id);
        }
        break;
      }
      case "time":
        this.#send({ type: "time" });
        break;
      case "turn":
        this.#setAlarm(request.alarm);
        this.#visited.clock.setBusy(request.received < this.#sent);
        break;
      case "waiting":
        this.#setWaiting(request.waiting);
        break;
      default:
        unreachable(request);
    }
  }

  #send(answer: Distribute<ClusterAnswer>, transfer: Transferable[] = []): void {
    this.#sent++;
    this.#visited.clock.setBusy(true);
    this.#port.postMessage({ ...answer, now: this.#visited.clock.time.now }, transfer);
  }

  #setWaiting(waiting: boolean): void {
    if (waiting !== this.#waiting) {
      this.#waiting = waiting;
      if (waiting) {
        this.#visited.clock.stand();
      } else {
        this.#visited.clock.goOn();
      }
    }
  }

  #setAlarm(time: number | null): void {
    if (this.#alarm !== undefined) {
      this.#visited.clock.time.clearTimer(this.#alarm);
      this.#alarm = undefined;
    }
    if (time !== null) {
      this.#alarm = this.#visited.clock.setAlarm(time, () => {
        this.#alarm = undefined;
        this.#send({ type: "time" });
      });
    }
  }

  /** Gives one of the client's requests a number that Go has not had. */
  #number(own: number): number {
    const id = this.#visited.nextRequest();
    this.#own.set(id, own);
    this.#go.set(own, id);
    return id;
  }

  #forget(id: number): number | undefined {
    const own = this.#own.get(id);
    this.#own.delete(id);
    if (own !== undefined) {
      this.#go.delete(own);
    }
    return own;
  }
}
