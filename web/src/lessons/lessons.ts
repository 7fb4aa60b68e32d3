import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import { LANGUAGE_TAGS, type Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import { type LessonEntry, languageFor, lessonAddress, loadCatalogue, titleIn } from "./catalogue.ts";
import type { LessonHost } from "./host.ts";
import { makeRunnable } from "./runnable.ts";
import { sanitize } from "./sanitize.ts";

/** The lessons of this site, one at a time, with blocks that run in the cluster beside them. */
export class Lessons {
  readonly element: HTMLElement;
  readonly #host: LessonHost;
  readonly #choice = html("select", { class: "lesson-choice", hidden: true });
  readonly #notice = html("p", { class: "lesson-notice", role: "status" });
  readonly #article = html("div", { class: "prose" });
  #text: Text;
  #language: Language;
  #catalogue: readonly LessonEntry[] = [];
  #wanted: string | undefined;
  #loading = 0;

  /** `wanted`: id of the lesson to begin with; the first without it. */
  constructor(host: LessonHost, language: Language, text: Text, wanted: string | undefined) {
    this.#host = host;
    this.#language = language;
    this.#text = text;
    this.#wanted = wanted;
    this.element = html("div", { class: "lessons", tabindex: 0 }, this.#choice, this.#notice, this.#article);
    this.#choice.addEventListener("change", () => {
      this.#wanted = this.#choice.value;
      this.#host.chosen(this.#choice.value);
      void this.#load();
    });
    this.#choice.setAttribute("aria-label", text.chooseLesson);
    void this.#start();
  }

  localize(language: Language, text: Text): void {
    const changed = language !== this.#language;
    this.#language = language;
    this.#text = text;
    this.#choice.setAttribute("aria-label", text.chooseLesson);
    if (changed) {
      this.#fillChoice();
      void this.#load();
    }
  }

  destroy(): void {
    this.#loading++;
    this.element.remove();
  }

  async #start(): Promise<void> {
    try {
      this.#catalogue = await loadCatalogue();
    } catch (error) {
      setText(this.#notice, messageOf(error));
      return;
    }
    this.#fillChoice();
    await this.#load();
  }

  #fillChoice(): void {
    this.#choice.replaceChildren(
      ...this.#catalogue.map((entry) => html("option", { value: entry.id }, titleIn(entry, this.#language))),
    );
    this.#choice.hidden = this.#catalogue.length < 2;
  }

  async #load(): Promise<void> {
    const turn = ++this.#loading;
    const entry =
      this.#wanted === undefined ? this.#catalogue[0] : this.#catalogue.find(({ id }) => id === this.#wanted);
    if (entry === undefined) {
      this.#article.replaceChildren();
      setText(
        this.#notice,
        this.#wanted === undefined ? this.#text.noLessons : this.#text.lessonMissing(this.#wanted),
      );
      return;
    }
    this.#choice.value = entry.id;
    const language = languageFor(entry, this.#language);
    const address = lessonAddress(entry, language);
    try {
      const response = await fetch(address);
      if (!response.ok) {
        throw new Error(`${address.pathname}: HTTP ${response.status}`);
      }
      const markup = await response.text();
      if (turn === this.#loading) {
        this.#show(sanitize(markup, address.href), language);
      }
    } catch (error) {
      if (turn === this.#loading) {
        setText(this.#notice, messageOf(error));
      }
    }
  }

  #show(content: DocumentFragment, language: string): void {
    setText(this.#notice, language === this.#language ? "" : this.#text.lessonOtherLanguage);
    this.#article.lang = language === "zh" ? LANGUAGE_TAGS.zh : language;
    this.#article.replaceChildren(content);
    this.element.scrollTop = 0;
    for (const block of this.#article.querySelectorAll("pre")) {
      // A long line scrolls, by keyboard too.
      block.tabIndex = 0;
    }
    makeRunnable(this.#article, this.#host, this.#text);
  }
}
