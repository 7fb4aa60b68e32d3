/**
 * Calls a function after some host time, one call at a time: a new request
 * replaces the one before. A time of 0 is a turn of the event loop through a
 * MessageChannel, because setTimeout waits 4 ms once it is nested.
 */
export class Wakeup {
  readonly #channel = new MessageChannel();
  readonly #run: () => void;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  /** Whether a message is in flight, and whether its call is still wanted. */
  #posted = false;
  #wanted = false;

  constructor(run: () => void) {
    this.#run = run;
    this.#channel.port1.onmessage = () => {
      this.#posted = false;
      if (this.#wanted) {
        this.#wanted = false;
        this.#run();
      }
    };
  }

  /** `delay` in milliseconds of host time. */
  schedule(delay: number): void {
    this.cancel();
    if (delay <= 0) {
      this.#wanted = true;
      if (!this.#posted) {
        this.#posted = true;
        this.#channel.port2.postMessage(null);
      }
      return;
    }
    this.#timeout = setTimeout(() => {
      this.#timeout = undefined;
      this.#run();
    }, delay);
  }

  cancel(): void {
    this.#wanted = false;
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }

  close(): void {
    this.cancel();
    this.#channel.port1.close();
  }
}
