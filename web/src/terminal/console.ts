import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Refusal } from "../protocol/refusal.ts";
import type { History } from "./history.ts";
import { type Completions, Input } from "./input.ts";
import { Block, Transcript } from "./transcript.ts";

/** A running line. */
export interface RunningLine {
  readonly ended: Promise<number>;
  /** Whether a program reads every key and echoes it. */
  readonly raw: boolean;
  /** Who has refused its requests, once it has ended. */
  readonly refusals: readonly Refusal[];
  /** What was typed for it and it has not read, once it has ended. */
  readonly unread: string;
  interrupt(): void;
  stop(): void;
  input(text: string | null): void;
}

/** What a console needs of the shell: sessions that run lines. */
export interface Shell {
  run(
    session: string,
    line: string,
    output: (stream: "stdout" | "stderr", text: string) => void,
  ): RunningLine;
  complete(session: string, line: string, cursor: number): Promise<Completions>;
  /** The prompt of the next line, such as `root@k8s-master:~#`. */
  prompt(session: string): Promise<string>;
  closeSession(session: string): void;
}

/** The prompt shown until the shell is loaded and can be asked for it. */
const FIRST_PROMPT = "root@k8s-master:~#";

/** Host milliseconds of a keystroke that is shown, and the most of them: a long line is typed by several letters at once. */
const KEYSTROKE = 25;
const MOST_KEYSTROKES = 50;

/** Exit status of a line that was not run to its end, as a shell has it after Ctrl-C. */
const STATUS_INTERRUPTED = 130;

export interface ConsoleOptions {
  readonly shell: Shell;
  readonly session: string;
  readonly history: History;
  /** The UID of the object in the diagram with this name. */
  readonly uidOf: (name: string) => string | undefined;
  readonly onSelect: (uid: string) => void;
  /** Called when a line begins or ends. */
  readonly onChange: () => void;
}

/** One terminal: its transcript, its input, and the running line. */
export class Console {
  readonly element: HTMLElement;
  readonly session: string;
  readonly #options: ConsoleOptions;
  readonly #transcript: Transcript;
  readonly #input: Input;
  readonly #stop = html("button", { type: "button", class: "terminal-stop", hidden: true });
  #running: { readonly line: RunningLine; readonly block: Block } | undefined;
  /** Lines queued behind the running one. */
  readonly #waiting: string[] = [];
  #prompt = FIRST_PROMPT;
  #destroyed = false;
  #text: Text;

  constructor(options: ConsoleOptions, text: Text) {
    this.#options = options;
    this.#text = text;
    this.session = options.session;
    this.#transcript = new Transcript(text);
    this.#input = new Input(
      {
        id: `terminal-input-${options.session}`,
        history: options.history,
        submit: (line) => this.#submit(line),
        interrupt: () => this.interrupt(),
        end: () => this.#running?.line.input(null),
        clear: () => this.#transcript.clear(),
        complete: (line, cursor) => options.shell.complete(options.session, line, cursor),
        prompt: () => this.#prompt,
        isRunning: () => this.#running !== undefined,
      },
      text,
    );
    this.#stop.addEventListener("click", () => {
      this.#stopRunning();
      this.#input.focus();
    });
    this.element = html(
      "div",
      { class: "terminal-console" },
      this.#transcript.element,
      this.#input.element,
      this.#stop,
    );
    this.#transcript.element.addEventListener("click", (event) => this.#click(event));
    this.localize(text);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  localize(text: Text): void {
    this.#text = text;
    this.#transcript.localize(text);
    this.#input.localize(text);
    setText(this.#stop, text.terminalStop);
  }

  /** Focuses the input as if `typed` had been typed there, with Enter after each line except the last. */
  focus(typed = ""): void {
    this.#input.focus();
    if (typed === "") {
      return;
    }
    const lines = typed.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      this.#submit(this.#input.value + line);
      this.#input.value = "";
    }
    this.#input.value += last;
  }

  /** Puts a command into the input, for the reader to run. */
  offer(line: string): void {
    this.#input.value = line;
    this.#input.focus();
  }

  /** Runs a line after the running one. */
  run(line: string): void {
    if (this.#running !== undefined) {
      this.#waiting.push(line);
      return;
    }
    void this.#execute(line);
  }

  /** Types a line as somebody would, after the running one, and runs it; resolves with its exit status. */
  async demonstrate(line: string, signal: AbortSignal): Promise<number> {
    while (this.#running !== undefined) {
      await this.#running.line.ended.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve));
    }
    for (const typed of keystrokes(line)) {
      if (signal.aborted) {
        this.#input.value = "";
        return STATUS_INTERRUPTED;
      }
      this.#input.value = typed;
      await new Promise((resolve) => setTimeout(resolve, KEYSTROKE));
    }
    this.#input.value = "";
    this.#options.history.add(line);
    return this.#execute(line);
  }

  /** Ctrl-C: ends the running line, or discards the line being typed. */
  interrupt(): void {
    this.#waiting.length = 0;
    if (this.#running?.line.raw === true) {
      this.#running.line.interrupt();
      return;
    }
    if (this.#running !== undefined) {
      this.#stopRunning();
      return;
    }
    if (this.#input.value !== "") {
      this.#transcript.add(this.#block(`${this.#input.value}^C`));
      this.#input.value = "";
    }
  }

  #stopRunning(): void {
    this.#waiting.length = 0;
    if (this.#running !== undefined) {
      this.#transcript.write(this.#running.block, "^C\n");
      this.#running.line.stop();
    }
  }

  destroy(): void {
    this.#destroyed = true;
    this.#waiting.length = 0;
    this.#running?.line.stop();
    this.#options.shell.closeSession(this.session);
    this.#transcript.destroy();
    this.element.remove();
  }

  #submit(line: string): void {
    if (this.#running !== undefined) {
      if (!this.#running.line.raw) {
        this.#transcript.write(this.#running.block, `${line}\n`);
      }
      this.#running.line.input(`${line}\n`);
      return;
    }
    if (line.trim() === "") {
      this.#transcript.add(this.#block(""));
      return;
    }
    this.#options.history.add(line);
    if (line.trim() === "clear") {
      this.#transcript.clear();
      return;
    }
    this.run(line);
  }

  #block(command: string): Block {
    return new Block(this.#prompt, command, this.#options.uidOf, this.#text, () => void copy(command));
  }

  async #execute(line: string): Promise<number> {
    const block = this.#block(line);
    this.#transcript.add(block);
    const running = this.#options.shell.run(this.session, line, (_stream, text) =>
      this.#transcript.write(block, text),
    );
    this.#running = { line: running, block };
    this.#changed();
    let code = STATUS_INTERRUPTED;
    try {
      code = await running.ended;
      this.#transcript.flush();
      block.end(code, running.refusals, this.#text);
      this.#typedAhead(running.unread);
    } catch (error) {
      this.#transcript.write(block, `${error instanceof Error ? error.message : String(error)}\n`);
    }
    this.#running = undefined;
    this.#changed();
    void this.#askPrompt();
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.run(next);
    }
    return code;
  }

  /** Lines that were typed while a command ran that did not read them are the next commands; keys without Enter are none. */
  #typedAhead(unread: string): void {
    const lines = unread
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.trim() !== "");
    for (const line of lines) {
      this.#options.history.add(line);
    }
    this.#waiting.unshift(...lines);
  }

  async #askPrompt(): Promise<void> {
    if (this.#destroyed) {
      return; // asking would begin the session again
    }
    try {
      this.#prompt = await this.#options.shell.prompt(this.session);
    } catch {
      this.#prompt = FIRST_PROMPT; // the shell is gone; the next line starts another
    }
    this.#input.refresh();
  }

  #changed(): void {
    this.#stop.hidden = this.#running === undefined;
    this.#input.refresh();
    this.#options.onChange();
  }

  #click(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const uid = target?.closest<HTMLElement>("[data-uid]")?.dataset.uid;
    if (uid !== undefined) {
      this.#options.onSelect(uid);
    } else if (target?.closest("button") === null && (getSelection()?.isCollapsed ?? true)) {
      this.#input.focus(); // a click anywhere begins to type, as in a terminal
    }
  }
}

/** What the input shows while a line is typed; all at once for who wants no motion. */
function* keystrokes(line: string): Generator<string> {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const letters = still ? line.length : Math.ceil(line.length / MOST_KEYSTROKES);
  for (let end = letters; end < line.length; end += letters) {
    yield line.slice(0, end);
  }
  yield line;
}

/** Copies through the clipboard API, or through a selection where a page may not use that. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = html("textarea", { class: "visually-hidden", "aria-hidden": "true" }, text);
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) {
      focused.focus();
    }
  }
}
