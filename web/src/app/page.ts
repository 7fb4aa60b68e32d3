import type { Client, Past } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { ClockBar } from "../clock/clockbar.ts";
import { Details } from "../details/details.ts";
import { Diagram } from "../diagram/diagram.ts";
import { html } from "../dom/element.ts";
import { Tabs } from "../dom/tabs.ts";
import { Editor } from "../editor/editor.ts";
import type { Manifest } from "../editor/files.ts";
import { FIRST_MANIFEST } from "../editor/openfiles.ts";
import { Events } from "../events/events.ts";
import { LANGUAGE_TAGS, type Language, type Text, textIn } from "../language/language.ts";
import { Lessons } from "../lessons/lessons.ts";
import { Operations } from "../operations/operations.ts";
import type { StoredFile } from "../protocol/kubectl.ts";
import type { Desk } from "../storage/desk.ts";
import type { PageStore, PartStore } from "../storage/pagestore.ts";
import { type HistoryStore, Terminal } from "../terminal/terminal.ts";
import { Timeline } from "../timeline/timeline.ts";
import { Conductor } from "./conductor.ts";
import { showRollout } from "./demo.ts";
import { Header } from "./header.ts";
import { QUIET_MILLISECONDS, whenIdle } from "./idle.ts";
import { Notices } from "./notices.ts";
import { Overlays } from "./overlays.ts";
import { Panes } from "./panes.ts";
import { PastBar } from "./pastbar.ts";
import { readPreference, writePreference } from "./preferences.ts";
import { SharedFiles } from "./sharedfiles.ts";
import { StatusLine } from "./statusline.ts";
import { type Theme, ThemeSwitch } from "./theme.ts";
import { Welcome } from "./welcome.ts";
import { Wholes } from "./wholes.ts";
import { Workbench } from "./workbench.ts";

export interface PageOptions {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly language: Language;
  readonly theme: Theme;
  readonly desk: Desk;
  /** What is kept beside the cluster. */
  readonly store: PageStore;
  /** Id of the lesson to open the page with. */
  readonly lesson: string | undefined;
  /** See WholesOptions. */
  readonly link: Uint8Array | Error | null;
}

/** The session of the terminal's shell in which the blocks of lessons run. */
const LESSON_SESSION = "lesson";

/** Puts the panels together and passes between them what one tells and another must know. */
export class Page {
  readonly #client: Client;
  readonly #kubectl: Kubectl;
  readonly #header: Header;
  readonly #clock: ClockBar;
  readonly #editor: Editor;
  readonly #lessons: Lessons;
  readonly #diagram: Diagram;
  readonly #events: Events;
  readonly #details: Details;
  readonly #operations: Operations;
  readonly #terminal: Terminal;
  readonly #timeline: Timeline;
  /** What is put into another language as it is. */
  readonly #localized: readonly { localize(text: Text): void }[];
  readonly #welcome: Welcome;
  readonly #notices: Notices;
  readonly #past: PastBar;
  readonly #status: StatusLine;
  readonly #overlays: Overlays;
  readonly #wholes: Wholes;
  readonly #work: Tabs;
  readonly #dock: Tabs;
  readonly #workbench: Workbench;
  readonly #theming: ThemeSwitch;
  readonly #conductor: Conductor;
  readonly #files: SharedFiles;
  readonly #skip = html("a", { class: "skip-link", href: "#diagram" });
  #language: Language;

  constructor(root: HTMLElement, options: PageOptions) {
    const text = textIn(options.language);
    const { client } = options;
    this.#theming = new ThemeSwitch(options.theme);
    this.#client = client;
    this.#kubectl = options.kubectl;
    this.#language = options.language;
    this.#notices = new Notices(text);
    this.#past = new PastBar(
      client,
      text,
      (past) => this.#continueFrom(past),
      options.desk.persistent ? ({ revision }) => void this.#wholes.fork(revision) : undefined,
    );
    this.#status = new StatusLine(text);
    this.#welcome = new Welcome(text, FIRST_MANIFEST.file, {
      onApply: () => this.#applyFirst(),
      onDemo: () => void this.#showRollout(),
    });
    this.#clock = new ClockBar(client, text, (error) => this.#report(error));
    this.#editor = new Editor(client, text, options.store.part("editor"), () =>
      this.#workbench.showDiagram(),
    );
    this.#files = new SharedFiles(this.#editor, options.kubectl.files);
    this.#lessons = new Lessons(
      {
        open: (file, yaml) => this.#openInEditor(file, yaml),
        apply: (yaml) => client.apply(yaml),
        chosen: (id) => options.store.set("lesson", { id }),
        run: async (lines, files, output) => {
          await Promise.all(files.map(({ path, text }) => options.kubectl.writeFile(path, text)));
          return options.kubectl.run(LESSON_SESSION, lines, output);
        },
      },
      options.language,
      text,
      options.lesson,
    );
    this.#diagram = new Diagram({
      client,
      text,
      placeholder: this.#welcome.element,
      onSelect: (uid) => this.#workbench.select(uid),
      preferences: {
        read: (name) => readPreference(`diagram:${name}`),
        write: (name, value) => writePreference(`diagram:${name}`, value),
      },
    });
    this.#events = new Events(client, text, (uid) => this.#workbench.select(uid));
    this.#operations = new Operations(client, (line) => this.#workbench.runInTerminal(line));
    this.#details = new Details(client, this.#operations, text);
    this.#terminal = new Terminal({
      client,
      shell: options.kubectl,
      text,
      history: historyStore(options.store.part("commands")),
      onSelect: (uid) => this.#workbench.point(uid),
    });
    this.#timeline = new Timeline(client, text);
    this.#overlays = new Overlays({
      text,
      onAction: (action) => this.#conductor.act(action),
      onRestart: () => client.start(),
      onReset: () => void this.#resetCluster(),
    });
    this.#wholes = new Wholes({ ...options, notices: this.#notices, text });
    options.desk.onAdopt(({ editor }) => this.#editor.restore(editor));
    this.#header = new Header({
      text,
      language: options.language,
      theme: options.theme,
      clock: this.#clock.element,
      onLanguage: (language) => this.#setLanguage(language),
      onTheme: (theme) => this.#setTheme(theme),
      onPalette: () => this.#conductor.openPalette(),
      onReality: () => this.#overlays.reality.open(),
      onAbout: () => this.#overlays.about.open(),
      onShortcuts: () => this.#overlays.shortcuts.open(),
      onClusters: () => this.#wholes.open(),
      onReset: () => this.#overlays.reset.open(),
    });
    this.#work = new Tabs([
      { id: "lesson", panel: this.#lessons.element },
      { id: "editor", panel: this.#editor.element },
    ]);
    this.#work.show(options.lesson === undefined ? "editor" : "lesson");
    this.#dock = new Tabs(
      [
        { id: "timeline", panel: this.#timeline.element },
        { id: "events", panel: this.#events.element },
        { id: "terminal", panel: this.#terminal.element },
        { id: "details", panel: this.#details.element },
      ],
      (id) => {
        this.#workbench.markSelection();
        if (id === "terminal") {
          this.#terminal.opened();
        }
      },
    );
    this.#workbench = new Workbench({
      work: this.#work,
      dock: this.#dock,
      diagram: this.#diagram,
      editor: this.#editor,
      details: this.#details,
      terminal: this.#terminal,
      timeline: this.#timeline,
    });
    const panes = new Panes(this.#work, this.#diagram.element, this.#dock, text);
    root.replaceChildren(
      this.#skip,
      this.#header.element,
      this.#notices.element,
      this.#past.element,
      panes.element,
      this.#status.element,
      ...this.#overlays.elements,
      ...this.#editor.dialogs,
      ...this.#wholes.elements,
    );
    this.#localized = [
      this.#header,
      this.#clock,
      this.#editor,
      this.#diagram,
      this.#events,
      this.#details,
      this.#terminal,
      this.#timeline,
      panes,
      this.#welcome,
      this.#notices,
      this.#past,
      this.#status,
    ];
    this.#conductor = this.#conduct(client);
    this.#listen();
    this.#localize();
  }

  /** What the editor holds, as files of the terminal's. */
  editorFiles(): readonly StoredFile[] {
    return this.#files.files();
  }

  destroy(): void {
    this.#clock.destroy();
    this.#editor.destroy();
    this.#lessons.destroy();
    this.#diagram.destroy();
    this.#events.destroy();
    this.#details.destroy();
    this.#terminal.destroy();
    this.#timeline.destroy();
    this.#past.destroy();
    this.#overlays.destroy();
    this.#conductor.destroy();
  }

  #continuing = false;

  #listen(): void {
    const client = this.#client;
    client.on("start", () => {
      this.#welcome.start();
      this.#workbench.deselect();
    });
    client.on("progress", (progress) => this.#welcome.progress(progress));
    client.on("ready", ({ version, bootMilliseconds, restored }) => {
      this.#welcome.ready();
      this.#status.ready(version, bootMilliseconds);
      this.#localize();
      if (restored && !this.#continuing) {
        this.#notices.show("restored", "info", (text) => text.restored, true);
      }
    });
    client.on("storage", ({ state }) => this.#status.storage(state));
    client.on("panic", (panic) => {
      if (!this.#wholes.refuses(panic)) {
        this.#overlays.panic.show(panic);
      }
    });
    // The first command need not wait for the module, if the page has nothing else to do.
    client.on("ready", () => {
      const quiet = QUIET_MILLISECONDS[this.#kubectl.cached ? "cached" : "network"];
      whenIdle(quiet, () => void this.#kubectl.load().catch(() => undefined));
    });
    this.#kubectl.on("edit", (request) => this.#overlays.edit.open(request));
    this.#kubectl.on("panic", () => this.#overlays.edit.dismiss());
    this.#kubectl.on("files", (files) => this.#files.follow(files));
    client.on("frame", (frame) => {
      if (
        frame.reset &&
        this.#workbench.selected !== undefined &&
        !client.inventory.items.has(this.#workbench.selected)
      ) {
        this.#workbench.deselect();
      }
    });
  }

  #conduct(client: Client): Conductor {
    return new Conductor({
      client,
      operations: this.#operations,
      workbench: this.#workbench,
      palette: this.#overlays.palette,
      page: {
        apply: () => this.#applyFirst(),
        review: () => void this.#editor.review(),
        insert: (kind) => {
          this.#work.show("editor");
          this.#editor.insert(kind);
        },
        setTheme: (theme) => this.#setTheme(theme),
        setLanguage: (language) => this.#setLanguage(language),
        demo: () => void this.#showRollout(),
        reality: () => this.#overlays.reality.open(),
        about: () => this.#overlays.about.open(),
        clusters: () => this.#wholes.open(),
        reset: () => this.#overlays.reset.open(),
      },
      text: () => textIn(this.#language),
      keyOf: (action) => this.#overlays.shortcuts.keyOf(action),
      help: () => this.#overlays.shortcuts.open(),
      onError: (error) => this.#report(error),
    });
  }

  #applyFirst(): void {
    this.#work.show("editor");
    void this.#editor.apply();
  }

  async #showRollout(): Promise<void> {
    try {
      const uid = await showRollout(this.#client);
      if (uid !== undefined) {
        this.#timeline.follow(uid);
      }
      this.#dock.show("timeline");
      this.#workbench.showDiagram();
    } catch (error) {
      this.#report(error);
    }
  }

  #openInEditor(file: string, yaml: string): void {
    const manifest: Manifest = { file, yaml };
    this.#editor.open(manifest);
  }

  async #resetCluster(): Promise<void> {
    this.#overlays.panic.close();
    this.#editor.reset();
    this.#notices.dismiss("restored");
    this.#overlays.edit.dismiss();
    this.#kubectl.reset();
    try {
      await this.#client.reset();
    } catch (error) {
      this.#wholes.report(error);
    }
  }

  /** Makes an earlier moment the present. What happened since stays in the history. */
  async #continueFrom(past: Past): Promise<void> {
    this.#continuing = true;
    const time = new Date(past.time).toISOString().slice(11, 19);
    try {
      await this.#client.restore(past.revision);
      this.#notices.show("restored", "info", (text) => text.past.continued(time), true);
    } catch (error) {
      this.#wholes.report(error);
    } finally {
      this.#continuing = false;
    }
  }

  #report(error: unknown): void {
    this.#notices.show("error", "warning", () => messageOf(error));
  }

  #setTheme(theme: Theme): void {
    writePreference("theme", theme);
    this.#theming.set(theme);
    this.#header.showTheme(theme);
  }

  #setLanguage(language: Language): void {
    writePreference("language", language);
    this.#language = language;
    this.#header.showLanguage(language);
    this.#localize();
  }

  #localize(): void {
    const text = textIn(this.#language);
    document.documentElement.lang = LANGUAGE_TAGS[this.#language];
    document.title = text.documentTitle;
    this.#skip.textContent = text.skipToDiagram;
    for (const part of this.#localized) {
      part.localize(text);
    }
    this.#lessons.localize(this.#language, text);
    this.#overlays.localize(text, this.#client.version);
    this.#wholes.localize(text, this.#language);
    this.#work.localize(text.leftPane, { lesson: text.lessonTab, editor: text.editorTab });
    const docked = [text.timeline.tab, text.events, text.terminalTab, text.details];
    this.#dock.localize(docked.join(", "), {
      timeline: text.timeline.tab,
      events: text.events,
      terminal: text.terminalTab,
      details: text.details,
    });
  }
}

/** The terminal's history, kept with the cluster it is for. */
function historyStore({ load, save }: PartStore<"commands">): HistoryStore {
  return { load: () => load() ?? [], save };
}
