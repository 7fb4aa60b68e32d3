import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Series } from "./model.ts";

const RANGES = ["rollout", "all"] as const;

export interface HeadOptions {
  onChoose(uid: string): void;
  onRange(): void;
  onTable(): void;
}

/** Which Deployment and what time the timeline shows, in which form, and what its colours mean. */
export class TimelineHead {
  readonly element: HTMLElement;
  readonly #choice = html("select", { class: "small" });
  readonly #range = html("select", { class: "small" });
  readonly #table = html("button", { type: "button", class: "small", "aria-pressed": "false" });
  readonly #legend = html("ul", { class: "timeline-legend" });

  constructor({ onChoose, onRange, onTable }: HeadOptions) {
    this.element = html(
      "div",
      { class: "timeline-head" },
      this.#choice,
      this.#range,
      this.#table,
      this.#legend,
    );
    this.#choice.addEventListener("change", () => onChoose(this.#choice.value));
    this.#range.addEventListener("change", onRange);
    this.#table.addEventListener("click", onTable);
  }

  get range(): (typeof RANGES)[number] {
    return this.#range.value === "all" ? "all" : "rollout";
  }

  showTable(shown: boolean): void {
    this.#table.setAttribute("aria-pressed", String(shown));
  }

  /** Offers the Deployments, of which `series` is the one that is shown. */
  write(all: readonly Series[], series: Series, words: Text["timeline"]): void {
    const wanted = all.map(({ uid, name }) => `${uid} ${name}`).join();
    if (this.#choice.dataset.shown !== wanted) {
      this.#choice.dataset.shown = wanted;
      this.#choice.replaceChildren(
        ...all.map(({ uid, namespace, name }) =>
          html("option", { value: uid }, namespace === "default" ? name : `${namespace}/${name}`),
        ),
      );
    }
    this.#choice.value = series.uid;
    const revisions = (series.points.at(-1)?.sets ?? []).map(({ revision }) => revision);
    const key = `${revisions.join()} ${words.available}`;
    if (this.#legend.dataset.shown !== key) {
      this.#legend.dataset.shown = key;
      const entry = (name: string, label: string) =>
        html("li", {}, html("span", { class: `swatch ${name}`, "aria-hidden": "true" }), label);
      this.#legend.replaceChildren(
        ...revisions.map((revision, index) =>
          entry(index === revisions.length - 1 ? "swatch-new" : "swatch-old", words.revision(revision)),
        ),
        entry("swatch-unavailable", words.unavailable),
        entry("swatch-line", words.available),
      );
    }
  }

  localize(words: Text["timeline"]): void {
    this.#choice.setAttribute("aria-label", words.deployment);
    this.#range.setAttribute("aria-label", words.range);
    const range = this.#range.value || RANGES[0];
    this.#range.replaceChildren(...RANGES.map((value) => html("option", { value }, words.ranges[value])));
    this.#range.value = range;
    setText(this.#table, words.table);
  }
}
