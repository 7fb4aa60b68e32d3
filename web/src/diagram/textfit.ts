/** A way to write text in the drawing; the numbers are those of the style sheet. */
export interface Typeface {
  readonly size: number;
  readonly weight: number;
  readonly mono: boolean;
}

/** Widths that are remembered; beyond it the memory starts again. */
const REMEMBERED = 4000;

/**
 * Cuts text to a width. It measures on a canvas, which forces no layout of the
 * page, and remembers what it measured.
 */
export class TextFit {
  readonly #context = document.createElement("canvas").getContext("2d");
  readonly #widths = new Map<string, number>();
  #sans = "sans-serif";
  #mono = "monospace";

  /** Takes the families from the element's custom properties. Reads style: for the measure phase. */
  readFonts(element: Element): void {
    const style = getComputedStyle(element);
    this.#sans = style.getPropertyValue("--font").trim() || this.#sans;
    this.#mono = style.getPropertyValue("--font-mono").trim() || this.#mono;
    this.#widths.clear();
  }

  width(text: string, face: Typeface): number {
    const font = `${face.weight} ${face.size}px ${face.mono ? this.#mono : this.#sans}`;
    const key = `${font}\n${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#context === null) {
      return text.length * face.size * 0.6;
    }
    this.#context.font = font;
    const { width } = this.#context.measureText(text);
    if (this.#widths.size >= REMEMBERED) {
      this.#widths.clear();
    }
    this.#widths.set(key, width);
    return width;
  }

  /** The text, or its beginning and its end (names differ at their ends) around an ellipsis. */
  fit(text: string, width: number, face: Typeface): string {
    if (this.width(text, face) <= width) {
      return text;
    }
    const characters = [...text];
    let low = 0;
    let high = characters.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.width(shortened(characters, middle), face) <= width) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return shortened(characters, low);
  }
}

function shortened(characters: readonly string[], kept: number): string {
  const tail = Math.floor(kept * 0.6);
  return `${characters.slice(0, kept - tail).join("")}…${characters.slice(characters.length - tail).join("")}`;
}
