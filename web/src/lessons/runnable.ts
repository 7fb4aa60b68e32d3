import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { StoredFile } from "../protocol/kubectl.ts";
import { resultList } from "../results/results.ts";
import type { BlockHost } from "./host.ts";

/** Characters of output that a block keeps; of longer output the end is shown. */
const MAXIMUM_SHOWN = 64 * 1024;

/** Gives every runnable block of the article its buttons. */
export function makeRunnable(article: HTMLElement, host: BlockHost, text: Text): void {
  for (const figure of article.querySelectorAll<HTMLElement>("figure.runnable")) {
    new RunnableBlock(figure, article, host, text);
  }
}

class RunnableBlock {
  readonly #figure: HTMLElement;
  readonly #article: HTMLElement;
  readonly #host: BlockHost;
  readonly #text: Text;
  readonly #output = html("div", { class: "block-output", role: "status" });
  readonly #code: string;
  #busy = false;

  constructor(figure: HTMLElement, article: HTMLElement, host: BlockHost, text: Text) {
    this.#figure = figure;
    this.#article = article;
    this.#host = host;
    this.#text = text;
    this.#code = codeOf(figure);
    const { kind, file, apply } = figure.dataset;
    const bar = html("div", { class: "block-bar" });
    if (file !== undefined) {
      bar.append(html("span", { class: "block-file" }, file));
    }
    bar.append(this.#copyButton());
    if (kind === "yaml") {
      bar.append(
        this.#button(text.openInEditor, "quiet small", () => host.open(file ?? "lesson.yaml", this.#code)),
      );
      if (apply !== undefined) {
        const button = this.#button(text.apply, "primary small", () => void this.#apply(button));
        bar.append(button);
      }
    } else {
      const stop = this.#button(text.stop, "quiet small", () => undefined);
      stop.hidden = true;
      const button = this.#button(text.run, "primary small", () => void this.#run(button, stop));
      bar.append(stop, button);
    }
    figure.append(bar, this.#output);
  }

  async #apply(button: HTMLButtonElement): Promise<void> {
    await this.#busily(button, async () => {
      this.#host.open(this.#figure.dataset.file ?? "lesson.yaml", this.#code);
      const { results } = await this.#host.apply(this.#code);
      this.#output.append(resultList(results, this.#text));
    });
  }

  /** Runs the block as it is shown, and prints its output. */
  async #run(button: HTMLButtonElement, stop: HTMLButtonElement): Promise<void> {
    await this.#busily(button, async () => {
      const shown = html("pre", { class: "block-text", tabindex: 0 });
      const execution = await this.#host.run(this.#code, this.#files(), (_stream, text) => {
        if (shown.textContent === "") {
          this.#output.append(shown);
        }
        shown.textContent = ((shown.textContent ?? "") + text).slice(-MAXIMUM_SHOWN);
      });
      stop.onclick = () => execution.interrupt();
      stop.hidden = false;
      try {
        const code = await execution.ended;
        if (code !== 0) {
          this.#output.append(html("p", { class: "block-failure" }, this.#text.exitStatus(code)));
        } else if (shown.textContent === "") {
          this.#output.append(html("p", { class: "block-done" }, this.#text.noOutput));
        }
      } finally {
        stop.hidden = true;
      }
    });
  }

  async #busily(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    const label = button.textContent ?? "";
    // Not `disabled`: that would throw the keyboard focus away.
    button.setAttribute("aria-disabled", "true");
    setText(button, this.#text.running);
    this.#output.replaceChildren();
    try {
      await work();
    } catch (error) {
      this.#output.append(html("p", { class: "block-failure" }, messageOf(error)));
    } finally {
      this.#busy = false;
      button.setAttribute("aria-disabled", "false");
      setText(button, label);
    }
  }

  /** The files of the lesson, as the learner sees them. */
  #files(): StoredFile[] {
    return [...this.#article.querySelectorAll<HTMLElement>('figure.runnable[data-kind="yaml"]')].flatMap(
      (figure) => {
        const { file } = figure.dataset;
        return file === undefined ? [] : [{ path: file, text: codeOf(figure) }];
      },
    );
  }

  #button(label: string, classes: string, onClick: () => void): HTMLButtonElement {
    const button = html("button", { type: "button", class: classes }, label);
    button.addEventListener("click", onClick);
    return button;
  }

  #copyButton(): HTMLButtonElement {
    const button = this.#button(this.#text.copy, "quiet small", () => {
      navigator.clipboard?.writeText(this.#code).then(
        () => setText(button, this.#text.copied),
        () => this.#select(),
      ) ?? this.#select();
    });
    return button;
  }

  /** Where there is no clipboard, the user copies by hand. */
  #select(): void {
    const code = this.#figure.querySelector("code");
    if (code !== null) {
      getSelection()?.selectAllChildren(code);
    }
  }
}

function codeOf(figure: HTMLElement): string {
  return figure.querySelector("code")?.textContent ?? "";
}
