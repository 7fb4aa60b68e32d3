import type { Client } from "../../client/client.ts";
import type { Text } from "../../language/text.ts";
import type { LatePart } from "../../loading/latepart.ts";
import type { Operations } from "../../operations/operations.ts";
import type { Tools } from "../dialogs/tools.ts";
import { cycleRegions } from "../frame/regions.ts";
import type { Workbench } from "../frame/workbench.ts";
import { moveClock } from "./clockactions.ts";
import type { KeyAction } from "./keys.ts";
import type { PageActions } from "./pagecommands.ts";

export interface ConductorOptions {
  readonly client: Client;
  /** Offers only commands that change nothing. */
  readonly readOnly: boolean;
  readonly operations: Operations;
  readonly workbench: Workbench;
  readonly tools: LatePart<Tools>;
  /** What only the page itself can do. */
  readonly page: Omit<PageActions, "act" | "inspect" | "operate" | "lesson">;
  text(): Text;
  keyOf(action: KeyAction): string;
  help(): void;
  onError(error: unknown): void;
}

/** Carries out the actions of keys and of the palette. */
export class Conductor {
  readonly #options: ConductorOptions;
  readonly #stopCycling: () => void;

  constructor(options: ConductorOptions) {
    this.#options = options;
    this.#stopCycling = cycleRegions(options.workbench.regions);
    addEventListener("keydown", this.#keydown);
  }

  openPalette(): void {
    const { client, readOnly, operations, workbench, tools, page, keyOf, text } = this.#options;
    const actions: PageActions = {
      ...page,
      act: (action) => this.act(action),
      inspect: ({ uid }) => {
        workbench.select(uid);
        workbench.focusDock();
      },
      operate: ({ uid }, operation) => workbench.operate(uid, operation),
      lesson: () => workbench.focusWork("lesson"),
    };
    tools.useTyping((made, typed) =>
      made.openPalette({ text: text(), client, readOnly, operations, keyOf, actions }, typed),
    );
  }

  act(action: KeyAction): void {
    const { client, workbench, help, onError } = this.#options;
    switch (action) {
      case "pause":
      case "step":
      case "skip":
      case "slower":
      case "faster":
        moveClock(client, action).catch(onError);
        break;
      case "palette":
        this.openPalette();
        break;
      case "help":
        help();
        break;
      case "editor":
        workbench.focusWork("editor");
        break;
      case "diagram":
        workbench.focusDiagram();
        break;
      default:
        workbench.focusDockTab(action);
    }
  }

  destroy(): void {
    this.#stopCycling();
    removeEventListener("keydown", this.#keydown);
  }

  /** Ctrl-K or Command-K, unless it means something where it was typed, as in the terminal. */
  readonly #keydown = (event: KeyboardEvent) => {
    const isChord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === "k";
    if (isChord && !event.defaultPrevented && document.querySelector("dialog[open]") === null) {
      event.preventDefault();
      this.openPalette();
    }
  };
}
