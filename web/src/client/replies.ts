import { type Deferred, defer } from "./deferred.ts";

/** The requests in flight that one reply answers, by their number. */
export class Replies<Values extends object> {
  readonly #waiting = new Map<number, Deferred<Values[keyof Values]>>();

  /** Returns the reply to request `id`, which is about to be sent. */
  expect<Kind extends keyof Values>(id: number): Promise<Values[Kind]> {
    const waiting = defer<Values[keyof Values]>();
    this.#waiting.set(id, waiting);
    return waiting.promise as Promise<Values[Kind]>;
  }

  take(id: number, value: Values[keyof Values]): void {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  fail(id: number, reason: unknown): void {
    this.#waiting.get(id)?.reject(reason);
    this.#waiting.delete(id);
  }

  failAll(reason: unknown): void {
    for (const id of [...this.#waiting.keys()]) {
      this.fail(id, reason);
    }
  }
}
