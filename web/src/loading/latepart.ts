import { html } from "../dom/element.ts";
import type { Loader } from "./loader.ts";
import { Typing } from "./typing.ts";

/**
 * A part of the page whose code is not in its first script. It is made when it is
 * first needed, or before that, when the page is quiet. What is asked of it until
 * then waits, and is done in order.
 */
export class LatePart<Part> {
  readonly #loader: Loader;
  readonly #fetch: () => Promise<() => Part>;
  #fetching: Promise<() => Part> | undefined;
  #waiting: ((part: Part) => void)[] = [];
  #isWanted = false;
  #part: Part | undefined;

  /** `fetch` brings the code and gives what makes the part, which is called once. */
  constructor(loader: Loader, fetch: () => Promise<() => Part>) {
    this.#loader = loader;
    this.#fetch = fetch;
  }

  /** Undefined before it is made. */
  get part(): Part | undefined {
    return this.#part;
  }

  /** Does something with the part, now or when it is there. */
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

  /** As {@link use}, for something to type into: what is typed before it is there is given along. */
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

  /** As {@link use} when the part is there or somebody waits for it; else nothing. */
  useIfWanted(run: (part: Part) => void): void {
    if (this.#part !== undefined || this.#isWanted) {
      this.use(run);
    }
  }

  /** Makes the part ahead of need. Never rejects: who needs a part that did not come asks again, and is told. */
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

/** A late part that is seen, and until then the empty place in which it will be. */
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
