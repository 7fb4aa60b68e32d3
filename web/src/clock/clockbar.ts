import type { Client } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import { type IconName, icon } from "../dom/icons.ts";
import type { Text } from "../language/text.ts";
import { type ClockCommand, type ClockState, UNLIMITED_RATE } from "../protocol/clock.ts";
import { formatRate, formatTime, lags, RATES } from "./format.ts";

/** Host milliseconds that the machine may fall behind before the page says so. */
const LAG_PATIENCE = 1500;

/** Cluster time and its controls. */
export class ClockBar {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #onError: (error: unknown) => void;
  readonly #date = html("span", { class: "clock-date" });
  readonly #time = html("span", { class: "clock-time" });
  readonly #timer = html("time", { class: "clock-now" }, this.#date, this.#time);
  readonly #note = html("span", { class: "clock-note" });
  readonly #rate = html("select", { class: "clock-rate" });
  readonly #pause = button();
  readonly #step = button();
  readonly #skip = button();
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #state: ClockState | undefined;
  #ready = false;
  #laggingSince: number | undefined;

  constructor(client: Client, text: Text, onError: (error: unknown) => void) {
    this.#client = client;
    this.#text = text;
    this.#onError = onError;
    this.element = html(
      "div",
      { class: "clock-bar", role: "group" },
      this.#timer,
      html("span", { class: "clock-controls" }, this.#pause, this.#step, this.#skip, this.#rate),
      this.#note,
    );
    for (const rate of [...RATES, UNLIMITED_RATE]) {
      this.#rate.append(html("option", { value: String(rate) }));
    }
    this.#rate.addEventListener("change", () => this.#send({ kind: "rate", rate: Number(this.#rate.value) }));
    this.#pause.addEventListener("click", () =>
      this.#send({ kind: this.#state?.paused ? "resume" : "pause" }),
    );
    this.#step.addEventListener("click", () => this.#send({ kind: "step" }));
    this.#skip.addEventListener("click", () => this.#send({ kind: "skip", settled: true }));
    this.#unsubscribe = [
      client.on("clock", (state) => this.#show(state)),
      client.on("ready", () => this.#enable(true)),
      client.on("start", () => this.#enable(false)),
      client.on("panic", () => this.#enable(false)),
    ];
    this.#enable(false);
    this.localize(text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.element.setAttribute("aria-label", text.clock);
    this.#timer.setAttribute("aria-label", text.clusterTime);
    this.#timer.title = `${text.clusterTime} (UTC)`;
    this.#rate.setAttribute("aria-label", text.rate);
    this.#rate.title = text.rate;
    for (const option of this.#rate.options) {
      const rate = Number(option.value);
      option.textContent = rate === UNLIMITED_RATE ? text.rateUnlimited : text.rateValue(rate);
    }
    face(this.#step, "step", text.step, text.stepShort);
    face(this.#skip, "skip", text.skip, text.skipShort);
    this.#showPause();
    this.#showNote();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.element.remove();
  }

  #enable(ready: boolean): void {
    this.#ready = ready;
    this.#rate.disabled = !ready;
    this.#showButtons();
  }

  #showButtons(): void {
    const busy = this.#state !== undefined && this.#state.mode !== "run";
    this.#pause.disabled = !this.#ready;
    this.#step.disabled = !this.#ready || busy;
    this.#skip.disabled = !this.#ready || busy;
  }

  #show(state: ClockState): void {
    const before = this.#state;
    this.#state = state;
    const { date, time } = formatTime(state.now);
    setText(this.#date, date);
    setText(this.#time, time);
    this.#timer.dateTime = `${date}T${time}Z`;
    if (before?.paused !== state.paused || before.mode !== state.mode) {
      this.element.classList.toggle("paused", state.paused && state.mode === "run");
      this.#showPause();
      this.#showButtons();
    }
    if (before?.rate !== state.rate) {
      this.#showRate(state.rate);
    }
    this.#showNote();
  }

  #showPause(): void {
    const paused = this.#state?.paused ?? false;
    face(this.#pause, paused ? "resume" : "pause", paused ? this.#text.resume : this.#text.pause);
  }

  /** A rate from elsewhere (a query, the console) that is not on offer gets its own entry. */
  #showRate(rate: number): void {
    const value = String(rate);
    if (![...this.#rate.options].some((option) => option.value === value)) {
      const after = [...this.#rate.options].find((option) => Number(option.value) > rate) ?? null;
      this.#rate.insertBefore(html("option", { value }, this.#text.rateValue(rate)), after);
    }
    this.#rate.value = value;
  }

  #showNote(): void {
    setText(this.#note, this.#noteText());
  }

  #noteText(): string {
    const state = this.#state;
    if (state === undefined) {
      return "";
    }
    if (state.mode !== "run") {
      return state.mode === "step" ? this.#text.stepping : this.#text.skipping;
    }
    if (state.paused) {
      return this.#text.paused;
    }
    const unlimited = state.rate === UNLIMITED_RATE && state.effectiveRate > 0;
    return unlimited || this.#lagsForLong(state) ? this.#text.lagging(formatRate(state.effectiveRate)) : "";
  }

  /** A short burst of work is not worth reporting. */
  #lagsForLong(state: ClockState): boolean {
    if (!lags(state.rate, state.effectiveRate)) {
      this.#laggingSince = undefined;
      return false;
    }
    const now = performance.now();
    this.#laggingSince ??= now;
    return now - this.#laggingSince >= LAG_PATIENCE;
  }

  #send(command: ClockCommand): void {
    this.#client.command(command).catch(this.#onError);
  }
}

function button(): HTMLButtonElement {
  return html("button", { type: "button", class: "clock-button" });
}

function face(button: HTMLButtonElement, name: IconName, label: string, short?: string): void {
  if (button.dataset.face === name && button.title === label) {
    return;
  }
  button.dataset.face = name;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.replaceChildren(icon(name), ...(short === undefined ? [] : [html("span", {}, short)]));
}
