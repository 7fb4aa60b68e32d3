import type { Client } from "../client/client.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { html, setText } from "../dom/element.ts";
import type { ClockState } from "../protocol/clock.ts";
import type { Words } from "./words.ts";

export interface SleepOptions {
  /** The element with what was last shown, which stays. */
  readonly root: HTMLElement;
  readonly words: Words;
  readonly client: Client;
  readonly kubectl: Kubectl;
  /** It goes on: other playgrounds of the page may have to rest. */
  onWake(): void;
}

/** What is kept of a playground that rests. */
interface Kept {
  readonly archive: Uint8Array;
  readonly clock: ClockState | undefined;
}

/**
 * Lets a playground rest while another one of the same page runs. Its workers end, and
 * with them hundreds of megabytes: what stays is the cluster as a file of some hundred
 * kilobytes and the picture of it, over which a button goes on.
 */
export class Sleep {
  readonly #options: SleepOptions;
  readonly #element: HTMLElement;
  readonly #line = html("p");
  readonly #button = html("button", { type: "button", class: "primary large" });
  #resting: Promise<Kept | undefined> | undefined;
  #waking: Promise<void> | undefined;

  constructor(options: SleepOptions) {
    const { root, words } = options;
    this.#options = options;
    setText(this.#button, words.goOn);
    this.#element = html("div", { class: "resting", role: "group", hidden: true }, this.#line, this.#button);
    this.#button.addEventListener("click", () => void this.wake());
    root.after(this.#element);
  }

  /** Rests once the cluster can be kept. One that does not run has nothing to keep. */
  async rest(): Promise<void> {
    await this.#waking;
    this.#resting ??= this.#rest();
    await this.#resting;
  }

  /** Goes on; at once for a playground that does not rest. Never rejects: the client reports what goes wrong. */
  async wake(): Promise<void> {
    if (this.#resting !== undefined) {
      this.#waking ??= this.#wake(this.#resting);
    }
    await this.#waking;
  }

  async #rest(): Promise<Kept | undefined> {
    const { client, kubectl, words } = this.#options;
    try {
      await client.ready;
      const clock = client.clock;
      await client.command({ kind: "pause" });
      const archive = await client.archive({ history: true });
      // Ends its worker, and keeps its files.
      kubectl.restore(kubectl.files);
      await client.close();
      this.#show(words.resting, true);
      return { archive, clock };
    } catch {
      return undefined;
    }
  }

  async #wake(resting: Promise<Kept | undefined>): Promise<void> {
    const { client, words, onWake } = this.#options;
    const kept = await resting;
    onWake();
    if (kept !== undefined) {
      const hadFocus = document.activeElement === this.#button;
      this.#show(words.goesOn, false);
      client.start(kept.archive);
      try {
        await client.ready;
        const { clock } = kept;
        await client.command({ kind: "rate", rate: clock?.rate ?? 1 });
        await client.command({ kind: clock?.paused === true ? "pause" : "resume" });
      } catch {
        // The panic says what went wrong.
      }
      this.#hide(hadFocus);
    }
    this.#resting = undefined;
    this.#waking = undefined;
  }

  #show(line: string, offered: boolean): void {
    setText(this.#line, line);
    this.#button.hidden = !offered;
    this.#element.hidden = false;
    this.#options.root.inert = true;
  }

  #hide(hadFocus: boolean): void {
    this.#element.hidden = true;
    this.#options.root.inert = false;
    if (hadFocus) {
      this.#options.root.querySelector<HTMLElement>("button, [tabindex='0']")?.focus();
    }
  }
}
