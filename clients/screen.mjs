/**
 * A program in a terminal of its own: keys in, and what a person would see on the screen.
 * script(1) makes the terminal, @xterm/headless reads what the program draws.
 */
import { spawn } from "node:child_process";
import xterm from "@xterm/headless";
import { eventually } from "./cluster.mjs";

const COLUMNS = 150;
const ROWS = 40;
/** How long the screen may take to show something, in milliseconds. */
const LIMIT = 30_000;

export const KEYS = { enter: "\r", escape: "\x1b", tab: "\t", backspace: "\x7f", ctrlD: "\x04" };

export class Screen {
  #terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  #child;

  /** Starts a command line of the shell; it ends with the cluster. */
  constructor(cluster, command) {
    const line = `stty rows ${ROWS} columns ${COLUMNS}; exec ${command}`;
    this.#child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
      env: cluster.environment(),
      cwd: cluster.folder,
    });
    this.#child.stdout.on("data", (data) => this.#terminal.write(data));
    // The program asks the terminal what it can do.
    this.#terminal.onData((answer) => this.type(answer));
    this.ended = new Promise((resolve) => this.#child.once("exit", resolve));
    cluster.onClose(async () => {
      this.#child.kill("SIGKILL");
      await this.ended;
    });
  }

  type(keys) {
    if (this.#child.stdin.writable) this.#child.stdin.write(keys);
  }

  /** What the screen shows, line by line. */
  text() {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: ROWS }, (_, row) =>
      active.getLine(active.viewportY + row)?.translateToString(true),
    ).join("\n");
  }

  /** Waits until the screen shows something. */
  async shows(expected) {
    const shown = () => this.text().match(expected);
    return await eventually(() => `the screen shows ${expected}:\n${this.text()}`, shown, LIMIT);
  }
}
