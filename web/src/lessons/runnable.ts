import type { Client } from "../client/client.ts";
import { bodyOf, messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/language.ts";
import type { ApplyReply } from "../protocol.ts";
import { resultList } from "../results/results.ts";
import { type Action, parseActions } from "./actions.ts";
import { readTable, TABLE_ACCEPT, type Table } from "./table.ts";

/** What a block needs of the page around the lesson. */
export interface LessonHost {
  readonly client: Client;
  /** Puts the YAML into the editor. */
  open(file: string, yaml: string): void;
  /** Applies what `open` put there. */
  apply(yaml: string): Promise<ApplyReply>;
}

/** Gives every runnable block of the article its buttons. */
export function makeRunnable(article: HTMLElement, host: LessonHost, text: Text): void {
  for (const figure of article.querySelectorAll<HTMLElement>("figure.runnable")) {
    new RunnableBlock(figure, article, host, text);
  }
}

class RunnableBlock {
  readonly #figure: HTMLElement;
  readonly #article: HTMLElement;
  readonly #host: LessonHost;
  readonly #text: Text;
  readonly #output = html("div", { class: "block-output", role: "status" });
  readonly #code: string;

  constructor(figure: HTMLElement, article: HTMLElement, host: LessonHost, text: Text) {
    this.#figure = figure;
    this.#article = article;
    this.#host = host;
    this.#text = text;
    this.#code = codeOf(figure);
    const bar = html("div", { class: "block-bar" });
    const file = figure.dataset.file;
    if (file !== undefined) {
      bar.append(html("span", { class: "block-file" }, file));
    }
    bar.append(this.#copyButton());
    const actions = this.#actions();
    if (figure.dataset.kind === "yaml") {
      bar.append(
        this.#button(text.openInEditor, "quiet small", () => host.open(file ?? "lesson.yaml", this.#code)),
      );
    }
    if (actions.length > 0) {
      const label = figure.dataset.kind === "yaml" ? text.apply : text.run;
      const button = this.#button(label, "primary small", () => void this.#run(actions, button));
      bar.append(button);
    } else {
      bar.title = text.notRunnable;
    }
    figure.append(bar, this.#output);
  }

  /** None for a block to read. What is wrong with an action is said where it stands. */
  #actions(): Action[] {
    const written = this.#figure.dataset.action;
    if (written === undefined) {
      return [];
    }
    try {
      return parseActions(written);
    } catch (error) {
      this.#output.append(failure(error));
      return [];
    }
  }

  async #run(actions: readonly Action[], button: HTMLButtonElement): Promise<void> {
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    const label = button.textContent ?? "";
    button.setAttribute("aria-disabled", "true");
    setText(button, this.#text.running);
    this.#output.replaceChildren();
    try {
      for (const action of actions) {
        this.#output.append(await this.#perform(action));
      }
    } catch (error) {
      this.#output.append(failure(error));
    } finally {
      button.setAttribute("aria-disabled", "false");
      setText(button, label);
    }
  }

  async #perform(action: Action): Promise<HTMLElement> {
    const { client } = this.#host;
    switch (action.action) {
      case "apply": {
        const yaml = this.#yamlOf(action.file);
        this.#host.open(action.file, yaml);
        const reply = await this.#host.apply(yaml);
        return resultList(reply.results, this.#text);
      }
      case "patch": {
        const response = await client.fetch(action.path, {
          method: "PATCH",
          headers: { "Content-Type": action.contentType, Accept: "application/json" },
          body: JSON.stringify(action.body),
        });
        await bodyOf(response);
        return html("p", { class: "block-done" }, this.#text.done(`PATCH ${action.path}`));
      }
      case "show": {
        const response = await client.fetch(action.path, { headers: { Accept: TABLE_ACCEPT } });
        return tableElement(readTable(await bodyOf(response)), action.path, this.#text);
      }
    }
  }

  #yamlOf(file: string): string {
    if (file === (this.#figure.dataset.file ?? "") && this.#figure.dataset.kind === "yaml") {
      return this.#code;
    }
    const figures = [...this.#article.querySelectorAll<HTMLElement>('figure.runnable[data-kind="yaml"]')];
    const figure = figures.find((candidate) => candidate.dataset.file === file);
    if (figure === undefined) {
      throw new Error(`the lesson has no file "${file}"`);
    }
    return codeOf(figure);
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

function failure(error: unknown): HTMLElement {
  return html("p", { class: "block-failure" }, messageOf(error));
}

function tableElement(table: Table, path: string, text: Text): HTMLElement {
  if (table.rows.length === 0) {
    return html("p", { class: "block-done" }, text.noRows);
  }
  const cells = (tag: "th" | "td", row: readonly string[]) =>
    html("tr", {}, ...row.map((cell) => html(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  return html(
    "div",
    { class: "block-table", tabindex: 0, role: "region", "aria-label": path },
    html(
      "table",
      {},
      html("thead", {}, cells("th", table.columns)),
      html("tbody", {}, ...table.rows.map((row) => cells("td", row))),
    ),
  );
}
