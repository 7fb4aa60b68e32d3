import { html } from "../dom/element.ts";
import type { Loader } from "./loader.ts";
import { Typing } from "./typing.ts";

/**
 * A part of the page whose code is not in the first script. It is made when it is
 * first needed, or earlier, when the page is idle. Calls until then are queued
 * and run in order.
 */
export class LatePart<Part> {
  readonly #loader: Loader;
  readonly #fetch: () => Promise<() => Part>;
  #fetching: Promise<() => Part> | undefined;
  #waiting: ((part: Part) => void)[] = [];
  #isWanted = false;
  #part: Part | undefined;

  /** `fetch` loads the code and resolves with the function that makes the part, which is called once. */
  constructor(loader: Loader, fetch: () => Promise<() => Part>) {
    this.#loader = loader;
    this.#fetch = fetch;
  }

  /** Undefined before it is made. */
  get part(): Part | undefined {
    return this.#part;
  }

  /** Runs an action on the part, now or when it is there. */
  use(run: (part: Part) => void): void {
    if (this.#part !== undefined) {
      run(this.#part);
      return;
    }
    this.#waiting.push(run);
    if (!this.#isWanted) {
      this.#isWanted = true;
      void this.#loader.load(this.#fetchOnce).then((make) => this.#made(make));
    }
  }

  /** Like {@link use}, for a part to type into: text typed before it is there is passed along. */
  useTyping(run: (part: Part, typed: string) => void): void {
    if (this.#part !== undefined) {
      run(this.#part, "");
      return;
    }
    const typing = new Typing();
    this.use((part) => {
      const typed = typing.end();
      if (typed !== undefined) {
        run(part, typed);
      }
    });
  }

  /** Like {@link use} if the part is there or somebody waits for it; otherwise does nothing. */
  useIfWanted(run: (part: Part) => void): void {
    if (this.#part !== undefined || this.#isWanted) {
      this.use(run);
    }
  }

  /** Makes the part ahead of need. Never rejects: the next use of a part that could not be loaded tries again and reports the failure. */
  async prepare(): Promise<void> {
    try {
      this.#made(await this.#fetchOnce());
    } catch {
      // See above.
    }
  }

  readonly #fetchOnce = (): Promise<() => Part> => {
    this.#fetching ??= this.#fetch().catch((error: unknown) => {
      this.#fetching = undefined;
      throw error;
    });
    return this.#fetching;
  };

  #made(make: () => Part): void {
    if (this.#part === undefined) {
      this.#part = make();
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const run of waiting) {
        run(this.#part);
      }
    }
  }
}

/** A late part that is visible, with an empty placeholder until it is there. */
export class LatePanel<Panel extends { readonly element: HTMLElement }> extends LatePart<Panel> {
  readonly place: HTMLElement;

  constructor(loader: Loader, fetch: () => Promise<() => Panel>) {
    const place = html("div", { class: "late-panel", "aria-busy": "true" });
    super(loader, async () => {
      const make = await fetch();
      return () => {
        const panel = make();
        place.replaceWith(panel.element);
        return panel;
      };
    });
    this.place = place;
  }
}
