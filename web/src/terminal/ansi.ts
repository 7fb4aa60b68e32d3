/**
 * Converts output with a terminal's control sequences to plain text in the
 * page's styles. Colours and weight are kept; everything else that a sequence
 * could do (move, title, links, ...) is left out.
 */

/** Class names, or "" for plain text. */
export type Style = string;

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** The result of a chunk of output. */
export type Output =
  | { readonly type: "text"; readonly span: Span }
  | { readonly type: "newline" }
  /** The line starts over, as in a progress display that overwrites itself. */
  | { readonly type: "return" }
  /** The screen is cleared, as watch and clear do. */
  | { readonly type: "clear" };

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** Sequences that clear the screen. */
const CLEARING = ["\u001b[J", "\u001b[2J", "\u001b[3J"];

/** A sequence that has not ended within so many characters is taken as text. */
const LONGEST_SEQUENCE = 256;

export class AnsiReader {
  #rest = "";
  #colour = "";
  #bold = false;
  #faint = false;
  #underline = false;

  /** Takes the next chunk. A sequence cut off at its end is completed by the next one. */
  read(piece: string): Output[] {
    const output: Output[] = [];
    const text = this.#rest + piece;
    this.#rest = "";
    let begin = 0;
    const flush = (end: number) => {
      if (end > begin) {
        output.push({ type: "text", span: { text: text.slice(begin, end), style: this.#style() } });
      }
    };
    for (let at = 0; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code >= 0x20 && code !== 0x7f) {
        at++;
        continue;
      }
      flush(at);
      if (code === 0x1b) {
        const end = sequenceEnd(text, at);
        if (end === undefined && text.length - at < LONGEST_SEQUENCE) {
          this.#rest = text.slice(at);
          return output;
        }
        if (end !== undefined) {
          this.#apply(text.slice(at, end), output);
        }
        at = end ?? at + 1;
      } else {
        if (code === 0x0a) {
          output.push({ type: "newline" });
        } else if (code === 0x0d && text[at + 1] !== "\n") {
          output.push({ type: "return" });
        } else if (code === 0x09) {
          output.push({ type: "text", span: { text: "\t", style: this.#style() } });
        }
        at++;
      }
      begin = at;
    }
    flush(text.length);
    return output;
  }

  #style(): Style {
    return [
      this.#colour === "" ? "" : `ansi-${this.#colour}`,
      this.#bold ? "ansi-bold" : "",
      this.#faint ? "ansi-faint" : "",
      this.#underline ? "ansi-underline" : "",
    ]
      .filter((name) => name !== "")
      .join(" ");
  }

  #apply(sequence: string, output: Output[]): void {
    if (sequence.endsWith("m") && sequence.startsWith("\u001b[")) {
      this.#render(sequence.slice(2, -1));
    } else if (CLEARING.includes(sequence)) {
      output.push({ type: "clear" });
    }
  }

  #render(parameters: string): void {
    const numbers = parameters.split(";").map((parameter) => Number(parameter === "" ? "0" : parameter));
    for (let n = 0; n < numbers.length; n++) {
      const number = numbers[n] ?? 0;
      if (number === 0) {
        this.#colour = "";
        this.#bold = this.#faint = this.#underline = false;
      } else if (number === 1) {
        this.#bold = true;
      } else if (number === 2) {
        this.#faint = true;
      } else if (number === 4) {
        this.#underline = true;
      } else if (number === 22) {
        this.#bold = this.#faint = false;
      } else if (number === 24) {
        this.#underline = false;
      } else if (number === 39) {
        this.#colour = "";
      } else if (number === 38 || number === 48) {
        n += numbers[n + 1] === 5 ? 2 : 4; // 256 colours and true colours are left out
      } else if (number >= 30 && number <= 37) {
        this.#colour = COLOURS[number - 30] ?? "";
      } else if (number >= 90 && number <= 97) {
        this.#colour = COLOURS[number - 90] ?? "";
      }
    }
  }
}

/** Where the sequence that begins at `at` ends; undefined while it has not. */
function sequenceEnd(text: string, at: number): number | undefined {
  const kind = text[at + 1];
  if (kind === undefined) {
    return undefined;
  }
  if (kind === "[") {
    for (let end = at + 2; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code >= 0x40 && code <= 0x7e) {
        return end + 1;
      }
      if (code < 0x20) {
        return end;
      }
    }
    return undefined;
  }
  if (kind === "]") {
    for (let end = at + 2; end < text.length; end++) {
      if (text[end] === "\u0007") {
        return end + 1;
      }
      if (text[end] === "\u001b") {
        return text[end + 1] === undefined ? undefined : end + 2;
      }
    }
    return undefined;
  }
  return at + 2;
}
