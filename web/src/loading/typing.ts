import { html } from "../dom/element.ts";

/**
 * Collects text typed for a field that is not there yet; otherwise the letters
 * would be page-wide keys. Escape cancels it, and so does moving the focus.
 */
export class Typing {
  readonly #field = html("textarea", { class: "visually-hidden", "aria-label": "…", "aria-busy": "true" });
  readonly #before = document.activeElement;
  #isGivenUp = false;

  constructor() {
    this.#field.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") {
        this.#giveUp();
      }
    });
    this.#field.addEventListener("blur", this.#giveUp);
    document.body.append(this.#field);
    this.#field.focus({ preventScroll: true });
  }

  /** The typed text, with a newline for each Enter; undefined if it was cancelled. The focus goes back to where it was. */
  end(): string | undefined {
    if (this.#isGivenUp) {
      return undefined;
    }
    this.#close();
    return this.#field.value;
  }

  readonly #giveUp = () => {
    this.#isGivenUp = true;
    this.#close();
  };

  #close(): void {
    const hadFocus = document.activeElement === this.#field;
    this.#field.removeEventListener("blur", this.#giveUp);
    this.#field.remove();
    if (hadFocus && (this.#before instanceof HTMLElement || this.#before instanceof SVGElement)) {
      this.#before.focus({ preventScroll: true });
    }
  }
}
