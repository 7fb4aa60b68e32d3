import type { Client, Past } from "../../client/client.ts";
import { html, setText } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import { shortDuration } from "../../language/duration.ts";
import type { Text } from "../../language/text.ts";

/** The bar shown while the page shows an earlier moment: which one, how to come back, how to go on from there. */
export class PastBar {
  readonly element = html("section", { class: "past-bar", hidden: true });
  readonly #client: Client;
  readonly #onContinue: (past: Past) => Promise<void>;
  readonly #fork = html("button", { type: "button", class: "small" });
  readonly #moment = html("strong");
  readonly #goesOn = html("span", { class: "past-note" });
  readonly #back = html("button", { type: "button", class: "small primary" });
  readonly #continue = html("button", { type: "button", class: "small past-continue" });
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #continuing = false;

  /** Without `onFork` there is nowhere to keep another cluster. */
  constructor(
    client: Client,
    text: Text,
    onContinue: (past: Past) => Promise<void>,
    onFork?: (past: Past) => void,
  ) {
    this.#client = client;
    this.#text = text;
    this.#onContinue = onContinue;
    this.element.append(
      icon("history"),
      html("p", { class: "past-words", role: "status" }, this.#moment, " ", this.#goesOn),
      this.#back,
      this.#continue,
      onFork === undefined ? "" : this.#fork,
    );
    this.#fork.addEventListener("click", () => {
      if (client.past !== undefined) {
        onFork?.(client.past);
      }
    });
    this.#back.addEventListener("click", () => client.lookAtPresent());
    this.#continue.addEventListener("click", () => void this.#goOn());
    this.#unsubscribe = [client.on("past", () => this.#write()), client.on("clock", () => this.#write())];
    this.localize(text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.element.setAttribute("aria-label", text.past.back);
    setText(this.#goesOn, text.past.goesOn);
    setText(this.#back, text.past.back);
    setText(this.#fork, text.storage.fork);
    this.#write();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
  }

  #write(): void {
    const { past } = this.#client;
    this.element.hidden = past === undefined && !this.#continuing;
    const words = this.#text.past;
    setText(this.#continue, this.#continuing ? words.continuing : words.continueHere);
    this.#continue.disabled = this.#continuing;
    this.#back.hidden = this.#continuing;
    this.#fork.hidden = this.#continuing;
    if (past !== undefined) {
      const now = Math.max(this.#client.clock?.now ?? 0, this.#client.inventory.time);
      const time = new Date(past.time).toISOString().slice(11, 19);
      setText(this.#moment, words.looking(time, shortDuration(now - past.time)));
    }
  }

  async #goOn(): Promise<void> {
    const { past } = this.#client;
    if (past === undefined) {
      return;
    }
    this.#continuing = true;
    this.#write();
    try {
      await this.#onContinue(past);
    } finally {
      this.#continuing = false;
      this.#write();
    }
  }
}
