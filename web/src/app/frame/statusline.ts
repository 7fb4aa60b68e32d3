import type { StorageReport } from "../../client/client.ts";
import { html, setText } from "../../dom/element.ts";
import type { Text } from "../../language/text.ts";
import type { OfflineActs, OfflineState } from "../../offline/state.ts";
import type { MissingPart } from "../../protocol/exchange.ts";
import type { Version } from "../../protocol/messages.ts";

/** The line at the foot of the page: what is real, where the cluster is stored, how long the start took, and what is being waited for. */
export class StatusLine {
  readonly element: HTMLElement;
  readonly #real = html("span");
  readonly #simulated = html("span");
  readonly #storage = html("span", { class: "status-storage" });
  readonly #boot = html("span", { class: "status-boot" });
  /** The progress is no status: it would be read out at each percent. */
  readonly #keeping = html("span");
  readonly #offline = html("span", { role: "status" });
  readonly #act = html("button", { type: "button", class: "link" });
  readonly #waits = html("span", { class: "status-missing", role: "status" });
  #text: Text;
  #version: Version | undefined;
  #state: StorageReport["state"] | undefined;
  #bootMilliseconds: number | undefined;
  #offlineState: OfflineState | undefined;
  #acts: OfflineActs | undefined;
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
      html("span", { class: "status-offline" }, this.#keeping, this.#offline, this.#act),
      this.#waits,
    );
    this.#act.addEventListener("click", () =>
      this.#offlineState?.state === "newer" ? this.#acts?.renew() : this.#acts?.keep(),
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

  /** What there is to say of the page's use without a network, and to do about it. */
  offline(state: OfflineState, acts: OfflineActs): void {
    this.#offlineState = state;
    this.#acts = acts;
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
    this.#localizeOffline(text.offline);
  }

  #localizeOffline(words: Text["offline"]): void {
    const shown = this.#offlineState;
    const progress = shown?.state === "keeping" ? words.keeping(shown.percent) : "";
    setText(this.#keeping, progress);
    setText(this.#offline, sayOffline(shown, words));
    this.#offline.title = shown?.state === "failed" ? shown.message : "";
    const action = actionOf(shown, words);
    setText(this.#act, action);
    this.#act.hidden = action === "";
  }
}

/** What is to be read out once. */
function sayOffline(shown: OfflineState | undefined, words: Text["offline"]): string {
  switch (shown?.state) {
    case "kept":
      return words.kept;
    case "newer":
      return shown.isKept ? words.kept : "";
    case "failed":
      return words.failed[shown.reason];
    case "later":
      return shown.elsewhere ? words.afterOther : words.afterLesson;
    default:
      return "";
  }
}

function actionOf(shown: OfflineState | undefined, words: Text["offline"]): string {
  switch (shown?.state) {
    case "offered":
      return words.keep;
    case "failed":
      return words.keepAgain;
    case "newer":
      return words.renewLater;
    default:
      return "";
  }
}
