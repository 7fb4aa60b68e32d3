/**
 * Keeps what is typed from the page, for a field that is not there yet: letters would
 * be keys of the page. Escape and the pointer give it up.
 */
export class Typing {
  #text: string | undefined = "";

  constructor() {
    addEventListener("keydown", this.#keydown, true);
    addEventListener("pointerdown", this.#giveUp, true);
  }

  /** What was typed, a new line for Enter; undefined when it was given up. */
  end(): string | undefined {
    removeEventListener("keydown", this.#keydown, true);
    removeEventListener("pointerdown", this.#giveUp, true);
    return this.#text;
  }

  readonly #giveUp = () => {
    this.#text = undefined;
    this.end();
  };

  readonly #keydown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || this.#text === undefined) {
      return;
    }
    const { key } = event;
    if (key === "Escape") {
      this.#giveUp();
    } else if (key === "Backspace") {
      this.#text = [...this.#text].slice(0, -1).join("");
    } else if (key === "Enter") {
      this.#text += "\n";
    } else if ([...key].length === 1) {
      this.#text += key;
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  };
}
