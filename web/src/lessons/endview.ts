import { html, setText } from "../dom/element.ts";
import type { Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { Player } from "./player.ts";
import { score } from "./record.ts";
import type { LessonRun } from "./run.ts";

/** Where the documentation is that lessons have links to. */
const DOCUMENTATION = { en: "https://kubernetes.io", zh: "https://kubernetes.io/zh-cn" } as const;

export interface EndViewOptions {
  readonly run: LessonRun;
  readonly player: Player;
  readonly text: Text;
  readonly language: Language;
  readonly shows: { readonly solutions: boolean };
  readonly sandbox: (() => Promise<void>) | undefined;
  readonly next: { readonly title: string; readonly address: string } | undefined;
  readonly home: string;
  attempt(act: () => Promise<void>): void;
}

/** What comes after the steps: that the lesson is done, where to go on, and the ways out of it. */
export class EndView {
  readonly element: HTMLElement;
  readonly #options: EndViewOptions;
  readonly #over: HTMLElement;
  readonly #score = html("p");
  readonly #reset: HTMLButtonElement;
  readonly #fast: HTMLButtonElement;
  readonly #sandbox: HTMLButtonElement;
  /** The first press of the button asks, the second one does it. */
  #isAsked = false;

  constructor(options: EndViewOptions) {
    this.#options = options;
    const { run, player, text, next, sandbox, attempt } = options;
    const { learning } = text;
    this.#over = html("div", { class: "lesson-over" }, html("h3", {}, learning.over), this.#score);
    if (next !== undefined) {
      this.#over.append(html("p", {}, html("a", { href: next.address }, learning.nextLesson(next.title))));
    }
    this.#reset = this.#button(learning.resetLesson, () => this.#askReset());
    this.#reset.addEventListener("blur", () => this.#ask(false));
    this.#sandbox = this.#button(learning.sandbox, () => attempt(async () => sandbox?.()));
    this.#fast = this.#button(learning.fastTrack, () => attempt(() => player.skipTo(undefined)));
    this.element = html(
      "footer",
      { class: "lesson-end" },
      this.#over,
      this.#links(),
      html(
        "div",
        { class: "step-bar" },
        this.#sandbox,
        this.#fast,
        this.#reset,
        html("a", { href: options.home }, learning.ownCluster),
      ),
    );
    this.#reset.hidden = run.phase === "elsewhere";
    this.update();
  }

  update(): void {
    const { run, player, text, shows, sandbox } = this.#options;
    const isRunning = run.phase === "running" && !player.isPlaying;
    this.#over.hidden = !run.isOver;
    const { right, made } = score(run.record);
    setText(this.#score, made === 0 ? "" : text.learning.score(right, made));
    this.#reset.hidden = run.phase === "elsewhere" || run.phase === "waiting" || run.phase === "preparing";
    this.#sandbox.hidden = !isRunning || sandbox === undefined;
    this.#fast.hidden = !isRunning || !shows.solutions || run.isOver;
  }

  #links(): HTMLElement | null {
    const { run, text, language } = this.#options;
    const paths = run.plan.links ?? [];
    if (paths.length === 0) {
      return null;
    }
    const links = paths.map((path) => {
      const href = DOCUMENTATION[language] + path;
      return html("li", {}, html("a", { href, target: "_blank", rel: "noopener noreferrer" }, nameOf(path)));
    });
    return html(
      "div",
      { class: "lesson-links" },
      html("p", {}, text.learning.readOn),
      html("ul", {}, ...links),
    );
  }

  #askReset(): void {
    if (!this.#isAsked) {
      this.#ask(true);
      return;
    }
    this.#ask(false);
    this.#options.attempt(() => this.#options.run.reset());
  }

  #ask(isAsked: boolean): void {
    this.#isAsked = isAsked;
    const { learning } = this.#options.text;
    this.#reset.classList.toggle("danger", isAsked);
    setText(this.#reset, isAsked ? learning.resetSure : learning.resetLesson);
  }

  #button(label: string, act: () => void): HTMLButtonElement {
    const button = html("button", { type: "button", class: "small" }, label);
    button.addEventListener("click", act);
    return button;
  }
}

/** What a page of the documentation is about, by its address. */
function nameOf(path: string): string {
  const [page = "", part = ""] = path.split("#");
  const name = page.replace(/\/$/, "").split("/").at(-1) ?? page;
  return (part === "" ? name : `${name}, ${part}`).replaceAll("-", " ");
}
