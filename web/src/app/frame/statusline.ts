import type { StorageReport } from "../../client/client.ts";
import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import type { MissingPart } from "../../protocol/exchange.ts";
import type { Version } from "../../protocol/messages.ts";

/** The line at the foot of the page: what is real, where the cluster is stored, how long the start took, and what is being waited for. */
export class StatusLine {
  readonly element: HTMLElement;
  readonly #real = html("span");
  readonly #simulated = html("span");
  readonly #storage = html("span", { class: "status-storage" });
  readonly #boot = html("span", { class: "status-boot" });
  readonly #waits = html("span", { class: "status-missing", role: "status" });
  #text: Text;
  #version: Version | undefined;
  #state: StorageReport["state"] | undefined;
  #bootMilliseconds: number | undefined;
  /** The state of the missing part that a program waits for, by program. */
  readonly #missing = new Map<string, Exclude<MissingPart, "there">>();

  constructor(text: Text) {
    this.#text = text;
    this.element = html(
      "footer",
      { class: "status-line" },
      this.#real,
      this.#simulated,
      this.#storage,
      this.#boot,
      this.#waits,
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

  /** A program waits for a part of its module, or no longer does. */
  missing(program: "controlplane" | "kubectl", state: MissingPart): void {
    if (state === "there") {
      this.#missing.delete(program);
    } else {
      this.#missing.set(program, state);
    }
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
    const [waits] = this.#missing.values();
    setText(this.#waits, waits === undefined ? "" : text.missingPart[waits]);
    setText(
      this.#boot,
      this.#bootMilliseconds === undefined ? "" : text.readyIn((this.#bootMilliseconds / 1000).toFixed(1)),
    );
  }
}
