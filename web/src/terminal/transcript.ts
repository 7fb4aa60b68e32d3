import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Refusal } from "../protocol/refusal.ts";
import { refusalNote } from "../results/refusalnote.ts";
import { AnsiReader, type Output, type Span } from "./ansi.ts";
import { findNames } from "./names.ts";

/** Lines that the transcript keeps; the oldest are dropped, with a note. */
export const MAX_LINES = 10_000;

/** A line is cut after so many characters, so that an endless one stays cheap. */
const MAX_LINE_LENGTH = 20_000;

/** Lines of one element: the browser lays out only those in view. */
const CHUNK_LINES = 100;

/** Output that may wait for the next frame, in characters; older output is dropped, as it would scroll out anyway. */
const MAX_PENDING = 4_000_000;

interface Chunk {
  readonly element: HTMLElement;
  lines: number;
}

/** A command and what it printed. */
export class Block {
  readonly element: HTMLElement;
  readonly #output = html("div", { class: "terminal-output" });
  readonly #mark = html("span", { class: "terminal-exit" });
  /** Who has refused requests of the command. */
  readonly #notes = html("div", { class: "terminal-refusals" });
  readonly #copy: HTMLButtonElement | undefined;
  readonly #reader = new AnsiReader();
  readonly #uidOf: (name: string) => string | undefined;
  readonly #chunks: Chunk[] = [];
  #line: Span[] = [];
  #length = 0;
  /** The element of the unfinished line. */
  #open: HTMLElement | undefined;
  #code: number | undefined;
  #refusals: readonly Refusal[] = [];
  lines = 0;

  constructor(
    prompt: string,
    command: string,
    uidOf: (name: string) => string | undefined,
    text: Text,
    copy: () => void,
  ) {
    this.#uidOf = uidOf;
    this.element = html("div", { class: "terminal-block" });
    if (command !== "") {
      this.#copy = html("button", { type: "button", class: "terminal-copy" });
      this.#copy.addEventListener("click", copy);
      this.element.append(
        html(
          "div",
          { class: "terminal-command" },
          html("span", { class: "terminal-prompt" }, prompt),
          html("code", {}, command),
          this.#mark,
          this.#copy,
        ),
      );
    }
    this.element.append(this.#output, this.#notes);
    this.localize(text);
  }

  localize(text: Text): void {
    if (this.#copy !== undefined) {
      setText(this.#copy, text.terminalCopy);
    }
    setText(this.#mark, this.#code === undefined || this.#code === 0 ? "" : text.terminalExit(this.#code));
    this.#notes.replaceChildren(...this.#refusals.map((refusal) => refusalNote(refusal, text)));
  }

  /** Shows an exit status that tells of a failure, and who has refused requests of the command. */
  end(code: number, refusals: readonly Refusal[], text: Text): void {
    this.#code = code;
    this.#refusals = refusals;
    this.localize(text);
  }

  write(piece: string): void {
    for (const output of this.#reader.read(piece)) {
      this.#take(output);
    }
    this.#showOpen();
  }

  /** Removes the oldest lines, a chunk at a time, and notes how many. */
  shed(): number {
    const chunk = this.#chunks.length > 1 ? this.#chunks.shift() : undefined;
    chunk?.element.remove();
    this.lines -= chunk?.lines ?? 0;
    return chunk?.lines ?? 0;
  }

  #take(output: Output): void {
    switch (output.type) {
      case "text":
        if (this.#length < MAX_LINE_LENGTH) {
          this.#line.push(output.span);
          this.#length += output.span.text.length;
        }
        break;
      case "newline":
        this.#showOpen();
        this.#open ??= this.#newLine();
        this.#open.append("\n");
        this.#open = undefined;
        this.#clearLine();
        break;
      case "return":
        this.#clearLine();
        break;
      case "clear":
        this.#output.replaceChildren();
        this.#chunks.length = 0;
        this.lines = 0;
        this.#open = undefined;
        this.#clearLine();
        break;
    }
  }

  #clearLine(): void {
    this.#line = [];
    this.#length = 0;
  }

  #showOpen(): void {
    if (this.#line.length > 0) {
      this.#open ??= this.#newLine();
      this.#open.replaceChildren(...this.#render());
    }
  }

  #newLine(): HTMLElement {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.lines >= CHUNK_LINES) {
      chunk = { element: html("pre", { class: "terminal-chunk" }), lines: 0 };
      this.#chunks.push(chunk);
      this.#output.append(chunk.element);
    }
    chunk.lines++;
    this.lines++;
    const line = html("span");
    chunk.element.append(line);
    return line;
  }

  #render(): Node[] {
    const nodes: Node[] = [];
    for (const { text, style } of this.#line) {
      for (const piece of findNames(text, this.#uidOf)) {
        if (piece.uid !== undefined) {
          nodes.push(
            html(
              "button",
              { type: "button", class: "link", "data-uid": piece.uid, tabindex: -1 },
              piece.text,
            ),
          );
        } else if (style !== "") {
          nodes.push(html("span", { class: style }, piece.text));
        } else {
          nodes.push(document.createTextNode(piece.text));
        }
      }
    }
    return nodes;
  }
}

/**
 * The commands and their output, oldest first. It follows the end while the
 * reader is there, and otherwise stays where they have scrolled to.
 */
export class Transcript {
  readonly element: HTMLElement;
  readonly #dropped = html("p", { class: "terminal-dropped", hidden: true });
  readonly #blocks: Block[] = [];
  readonly #pending: { readonly block: Block; text: string }[] = [];
  #pendingLength = 0;
  #lost = 0;
  #frame: number | undefined;
  #text: Text;

  constructor(text: Text) {
    this.#text = text;
    this.element = html(
      "div",
      { class: "terminal-transcript", role: "log", tabindex: 0, "aria-live": "polite" },
      this.#dropped,
    );
    this.localize(text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.element.setAttribute("aria-label", text.terminalTranscript);
    for (const block of this.#blocks) {
      block.localize(text);
    }
    this.#tellLost();
  }

  destroy(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
  }

  add(block: Block): void {
    this.#blocks.push(block);
    this.element.append(block.element);
    this.#toEnd();
  }

  /** Output is written once per frame, however much arrives. */
  write(block: Block, text: string): void {
    const last = this.#pending.at(-1);
    if (last?.block === block) {
      last.text += text;
    } else {
      this.#pending.push({ block, text });
    }
    this.#pendingLength += text.length;
    if (this.#pendingLength > MAX_PENDING) {
      this.flush(); // a page in the background draws no frames
    }
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.flush();
    });
  }

  flush(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const atEnd = scrollHeight - clientHeight - scrollTop < 40;
    for (const { block, text } of this.#pending.splice(0)) {
      block.write(text);
    }
    this.#pendingLength = 0;
    this.#shed();
    if (atEnd) {
      this.#toEnd();
    }
  }

  clear(): void {
    this.flush();
    for (const block of this.#blocks.splice(0)) {
      block.element.remove();
    }
    this.#lost = 0;
    this.#tellLost();
  }

  #toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #shed(): void {
    let lines = this.#blocks.reduce((sum, block) => sum + block.lines + 1, 0);
    while (lines > MAX_LINES) {
      const oldest = this.#blocks[0];
      let gone = oldest?.shed() ?? 0;
      if (gone === 0 && this.#blocks.length > 1) {
        gone = (oldest?.lines ?? 0) + 1;
        oldest?.element.remove();
        this.#blocks.shift();
      }
      if (gone === 0) {
        break;
      }
      lines -= gone;
      this.#lost += gone;
    }
    this.#tellLost();
  }

  #tellLost(): void {
    this.#dropped.hidden = this.#lost === 0;
    setText(this.#dropped, this.#lost === 0 ? "" : this.#text.terminalDropped(this.#lost));
  }
}
