import { html, setText } from "../dom/element.ts";
import { icon } from "../dom/icons.ts";
import type { Beginning } from "./beginning.ts";
import type { Sketch } from "./sketch.ts";
import { sayRefusal, type Words } from "./words.ts";

/** Objects that a poster draws, and pods of one. */
const MOST_DRAWN = 8;
const MOST_PODS = 12;

export interface PosterOptions {
  readonly words: Words;
  /** Megabytes that a first start loads; undefined where the build has not told. */
  readonly megabytes: number | undefined;
  onStart(): void;
  /** The reader is about to start. */
  onIntent(): void;
}

/** What the frame shows until it is started: what it begins with, and the button that starts it. */
export class Poster {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #title = html("h1", { class: "poster-title" });
  readonly #line = html("p", { class: "poster-line" });
  readonly #objects = html("ul", { class: "poster-objects" });
  readonly #refused = html("div", { class: "poster-refused", role: "alert" });
  readonly #button: HTMLButtonElement;

  constructor({ words, megabytes, onStart, onIntent }: PosterOptions) {
    this.#words = words;
    this.#button = html("button", { type: "button", class: "primary large" }, icon("resume"), words.start);
    this.element = html(
      "main",
      { class: "poster" },
      this.#title,
      this.#line,
      this.#objects,
      this.#refused,
      html(
        "div",
        { class: "poster-start" },
        this.#button,
        megabytes === undefined ? null : html("span", { class: "muted" }, words.cost(megabytes)),
      ),
    );
    this.#objects.setAttribute("aria-label", words.poster);
    this.#button.addEventListener("click", () => onStart());
    for (const intent of ["pointerenter", "focus", "pointerdown"]) {
      this.#button.addEventListener(intent, () => onIntent(), { once: true });
    }
    this.show(undefined);
  }

  /** Undefined before it has been read. */
  show(beginning: Beginning | undefined): void {
    const words = this.#words;
    const title = beginning?.lesson?.title ?? words.title;
    setText(this.#title, title);
    this.#button.setAttribute("aria-label", words.startLabel(title));
    setText(this.#line, beginning?.lesson?.summary || words.intro);
    const sketches = beginning?.sketches ?? [];
    const rest = sketches.length - MOST_DRAWN;
    const isEmpty = beginning !== undefined && beginning.lesson === undefined && sketches.length === 0;
    this.#objects.replaceChildren(
      ...sketches.slice(0, MOST_DRAWN).map((sketch) => this.#draw(sketch)),
      ...(rest > 0 ? [html("li", { class: "muted" }, words.more(rest))] : []),
      ...(isEmpty
        ? [
            html(
              "li",
              { class: "muted" },
              beginning.archive === undefined ? words.emptyCluster : words.savedCluster,
            ),
          ]
        : []),
    );
    this.#objects.hidden = this.#objects.childElementCount === 0;
    this.#refused.replaceChildren(
      ...(beginning?.refused ?? []).map((refusal) => html("p", {}, sayRefusal(refusal, words))),
    );
  }

  #draw({ kind, name, replicas }: Sketch): HTMLElement {
    const words = this.#words;
    const pods = Array.from({ length: Math.min(replicas ?? 0, MOST_PODS) }, () =>
      html("span", { class: "poster-pod" }),
    );
    return html(
      "li",
      { class: "poster-object" },
      html("span", { class: "poster-kind" }, kind),
      html("span", { class: "poster-name" }, name),
      replicas === undefined
        ? null
        : html(
            "span",
            { class: "poster-pods" },
            html("span", { class: "poster-drawn", "aria-hidden": "true" }, ...pods),
            html("span", {}, words.replicas(replicas)),
          ),
    );
  }
}
