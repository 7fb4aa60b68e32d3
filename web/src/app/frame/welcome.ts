import type { BootProgress } from "../../client/client.ts";
import { html, setText } from "../../dom/element.ts";
import { loaded } from "../../language/loaded.ts";
import type { Text } from "../../language/text.ts";
import type { BootStage } from "../../protocol/messages.ts";

/**
 * When each stage of a first start begins, as a share of it, with 20 Mbit/s and two
 * processors; the bar only ever moves forward.
 */
const STAGE_STARTS: Readonly<Record<BootStage, number>> = {
  download: 0,
  compile: 0.4,
  start: 0.42,
  restore: 0.68,
  controllers: 0.7,
};

/** Fills the diagram while there is nothing to draw: the progress of the start, then what to do first. */
export class Welcome {
  readonly element: HTMLElement;
  readonly #title = html("p", { class: "welcome-title" });
  readonly #line = html("p", { class: "welcome-text" });
  readonly #bar = html("progress", { max: 1, value: 0 });
  readonly #button = html("button", { type: "button", class: "primary large" });
  readonly #demo = html("button", { type: "button", class: "large" });
  readonly #buttons: HTMLElement;
  #text: Text;
  #file: string;
  #progress: BootProgress | undefined = { stage: "download" };

  constructor(text: Text, file: string, actions: { onApply(): void; onDemo(): void }) {
    this.#text = text;
    this.#file = file;
    this.#buttons = html("div", { class: "welcome-buttons" }, this.#button, this.#demo);
    this.element = html("div", { class: "welcome" }, this.#title, this.#line, this.#bar, this.#buttons);
    this.#button.addEventListener("click", () => actions.onApply());
    this.#demo.addEventListener("click", () => actions.onDemo());
    this.localize(text);
  }

  progress(progress: BootProgress): void {
    this.#progress = progress;
    this.#write();
  }

  start(): void {
    this.#bar.value = 0;
    this.progress({ stage: "download" });
  }

  ready(): void {
    this.#progress = undefined;
    this.#write();
  }

  localize(text: Text): void {
    this.#text = text;
    this.#bar.setAttribute("aria-label", text.booting);
    setText(this.#button, text.applyFile(this.#file));
    setText(this.#demo, text.showRollout);
    this.#write();
  }

  #write(): void {
    const progress = this.#progress;
    this.#bar.hidden = progress === undefined;
    this.#buttons.hidden = progress !== undefined;
    this.element.classList.toggle("booting", progress !== undefined);
    if (progress === undefined) {
      setText(this.#title, this.#text.emptyTitle);
      setText(this.#line, this.#text.emptyText);
      return;
    }
    setText(this.#title, this.#text.booting);
    setText(
      this.#line,
      [this.#text.stages[progress.stage], this.#amount(progress)].filter(Boolean).join(" · "),
    );
    const done =
      progress.total === undefined || progress.loaded === undefined ? 0 : progress.loaded / progress.total;
    const value =
      STAGE_STARTS[progress.stage] + (progress.stage === "download" ? done * STAGE_STARTS.compile : 0);
    this.#bar.value = Math.max(this.#bar.value, value);
  }

  #amount(progress: BootProgress): string {
    if (progress.stage !== "download" || progress.loaded === undefined) {
      return "";
    }
    return loaded(progress.loaded, progress.total);
  }
}
