import { html } from "../dom/element.ts";

/**
 * Takes what is typed for a field that is not there yet: elsewhere letters would be
 * keys of the page. Escape gives it up, and so does going elsewhere.
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

  /** What was typed, with a new line for each Enter; undefined when it was given up. The focus goes back to where it was. */
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
