/** A Web Lock that any number of tabs may hold, until each lets go of it or is closed. */
export class SharedLock {
  readonly #name: string;
  #release: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  hold(isHeld: boolean): void {
    if (!isHeld) {
      this.#release?.();
      this.#release = undefined;
    } else if (this.#release === undefined) {
      const released = new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      void navigator.locks.request(this.#name, { mode: "shared" }, () => released);
    }
  }
}
