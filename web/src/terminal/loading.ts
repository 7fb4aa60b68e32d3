import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { html, setText } from "../dom/element.ts";
import { loaded } from "../language/loaded.ts";
import type { Text } from "../language/text.ts";

/** The module of kubectl and the shell; a terminal only knows whether it is loaded. */
export type Loadable = Pick<Kubectl, "load" | "on">;

/** Loads the module when somebody is about to use a terminal, and shows the progress while a command would wait for it. */
export class Loading {
  readonly element = html("p", { class: "terminal-loading", role: "status", hidden: true });
  readonly #shell: Loadable;
  readonly #name = html("span");
  /** Not announced to screen readers, as it changes with each megabyte. */
  readonly #amount = html("span", { "aria-hidden": "true" });
  readonly #forget: readonly (() => void)[];
  #wanted = false;
  #loading = false;

  constructor(shell: Loadable, text: Text) {
    this.#shell = shell;
    this.element.append(this.#name, this.#amount);
    this.#forget = [
      shell.on("loading", (progress) => {
        this.#loading = true;
        setText(
          this.#amount,
          progress.loaded === undefined ? "" : ` · ${loaded(progress.loaded, progress.total)}`,
        );
        this.#show();
      }),
      shell.on("ready", () => this.#end()),
      shell.on("ended", () => this.#end()),
    ];
    this.localize(text);
  }

  localize(text: Text): void {
    setText(this.#name, text.terminalLoading);
  }

  /** A terminal was opened: its first command will come soon. */
  want(): void {
    this.#wanted = true;
    this.#show();
    // If the module cannot be loaded, the command reports the error.
    void this.#shell.load().catch(() => undefined);
  }

  destroy(): void {
    for (const forget of this.#forget) {
      forget();
    }
  }

  #end(): void {
    this.#loading = false;
    this.#wanted = false;
    this.#show();
  }

  #show(): void {
    this.element.hidden = !(this.#wanted && this.#loading);
  }
}
