import type { Client } from "../client/client.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import type { Details } from "../details/details.ts";
import { html } from "../dom/element.ts";
import type { Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { LessonHost } from "../lessons/host.ts";
import type { Lessons } from "../lessons/lessons.ts";
import type { Wanted } from "../lessons/wanted.ts";
import { LatePanel, LatePart } from "../loading/latepart.ts";
import type { Loader } from "../loading/loader.ts";
import type { Operations } from "../operations/operations.ts";
import type { Shareable } from "../sharing/dialog.ts";
import type { Desk } from "../storage/desk.ts";
import type { PageStore, PartStore } from "../storage/pagestore.ts";
import type { HistoryStore, Terminal } from "../terminal/terminal.ts";
import type { EditDialog } from "./dialogs/editdialog.ts";
import type { Tools } from "./dialogs/tools.ts";

export interface PartsOptions {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly operations: Operations;
  readonly desk: Desk;
  readonly store: PageStore;
  readonly loader: Loader;
  readonly lessonHost: LessonHost;
  readonly shareable: Shareable;
  /** The lesson that this page's cluster is for. */
  readonly lesson: Wanted | undefined;
  /** The language and its texts as they are when a part is made. */
  readonly words: { readonly language: Language; readonly text: Text };
  /** An object named in the terminal was selected. */
  onPoint(uid: string): void;
}

/**
 * The parts of the page that are not needed before there is something to look at.
 * Their code is loaded when one is opened or when the page is idle: the first script
 * has what is visible at once, and what must hear everything that the control plane
 * reports.
 */
export class Parts {
  readonly terminal: LatePanel<Terminal>;
  readonly details: LatePanel<Details>;
  readonly lessons: LatePanel<Lessons>;
  readonly tools: LatePart<Tools>;
  readonly edit: LatePart<EditDialog>;
  /** Contains the dialogs among them. */
  readonly dialogs = html("div");
  readonly #client: Client;

  constructor(options: PartsOptions) {
    const { client, kubectl, operations, desk, store, loader, words } = options;
    this.#client = client;
    this.terminal = new LatePanel(loader, async () => {
      const { Terminal } = await import("../terminal/terminal.ts");
      return () =>
        new Terminal({
          client,
          shell: kubectl,
          text: words.text,
          history: historyStore(store.part("commands")),
          onSelect: (uid) => options.onPoint(uid),
        });
    });
    this.details = new LatePanel(loader, async () => {
      const { Details } = await import("../details/details.ts");
      return () => new Details(client, operations, words.text);
    });
    this.lessons = new LatePanel(loader, async () => {
      const { Lessons } = await import("../lessons/lessons.ts");
      return () => new Lessons(options.lessonHost, words.language, words.text, options.lesson);
    });
    this.tools = new LatePart(loader, async () => {
      const { Tools } = await import("./dialogs/tools.ts");
      return () => {
        const tools = new Tools(desk, options.shareable, words.text);
        tools.localize(words.text, words.language, client.version);
        this.dialogs.append(...tools.elements);
        return tools;
      };
    });
    this.edit = new LatePart(loader, async () => {
      const { EditDialog } = await import("./dialogs/editdialog.ts");
      return () => {
        const dialog = new EditDialog(words.text);
        this.dialogs.append(dialog.element);
        return dialog;
      };
    });
    kubectl.on("edit", (request) => this.edit.use((dialog) => dialog.open(request)));
    kubectl.on("panic", () => this.edit.useIfWanted((dialog) => dialog.dismiss()));
  }

  /** Loads the parts that are not there yet, one after the other. */
  async prepare(): Promise<void> {
    for (const part of [this.terminal, this.tools, this.details, this.lessons, this.edit]) {
      await part.prepare();
    }
  }

  localize(text: Text, language: Language): void {
    for (const { part } of [this.terminal, this.details, this.edit]) {
      part?.localize(text);
    }
    this.lessons.part?.localize(language, text);
    this.tools.part?.localize(text, language, this.#client.version);
  }

  destroy(): void {
    for (const { part } of [this.terminal, this.details, this.lessons, this.edit]) {
      part?.destroy();
    }
  }
}

/** The terminal's history, kept with the cluster it is for. */
function historyStore({ load, save }: PartStore<"commands">): HistoryStore {
  return { load: () => load() ?? [], save };
}
