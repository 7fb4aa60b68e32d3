import type { StorageReport } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Version } from "../protocol/messages.ts";

/** The line at the foot of the page: what is real, where it is kept, how long the start took. */
export class StatusLine {
  readonly element: HTMLElement;
  readonly #real = html("span");
  readonly #simulated = html("span");
  readonly #storage = html("span", { class: "status-storage" });
  readonly #boot = html("span");
  #text: Text;
  #version: Version | undefined;
  #state: StorageReport["state"] | undefined;
  #bootMilliseconds: number | undefined;

  constructor(text: Text) {
    this.#text = text;
    this.element = html(
      "footer",
      { class: "status-line" },
      this.#real,
      this.#simulated,
      this.#storage,
      this.#boot,
    );
    this.localize(text);
  }

  ready(version: Version, bootMilliseconds: number): void {
    this.#version = version;
    this.#bootMilliseconds = bootMilliseconds;
    this.localize(this.#text);
  }

  storage(state: StorageReport["state"]): void {
    this.#state = state;
    this.localize(this.#text);
  }

  localize(text: Text): void {
    this.#text = text;
    setText(this.#real, text.realNote(this.#version?.kubernetes ?? "").trim());
    setText(this.#simulated, text.simulatedNote);
    const storageText = {
      ok: text.storageOk,
      memory: text.storageMemoryShort,
      failed: text.storageFailedShort,
    };
    setText(this.#storage, this.#state === undefined ? "" : storageText[this.#state]);
    setText(
      this.#boot,
      this.#bootMilliseconds === undefined ? "" : text.readyIn((this.#bootMilliseconds / 1000).toFixed(1)),
    );
  }
}
