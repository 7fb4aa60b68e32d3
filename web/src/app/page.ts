import type { Client, Past } from "../client/client.ts";
import type { Emitter } from "../client/emitter.ts";
import { messageOf } from "../client/errors.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { ClockBar } from "../clock/clockbar.ts";
import { Diagram } from "../diagram/diagram.ts";
import { html } from "../dom/element.ts";
import { Tabs } from "../dom/tabs.ts";
import { Editor } from "../editor/editor.ts";
import { FIRST_MANIFEST } from "../editor/openfiles.ts";
import { Events } from "../events/events.ts";
import { english } from "../language/english.ts";
import { LANGUAGE_TAGS, type Language } from "../language/language.ts";
import type { Text } from "../language/text.ts";
import type { RecordKeeper } from "../lessons/host.ts";
import type { Wanted } from "../lessons/wanted.ts";
import type { Loader } from "../loading/loader.ts";
import type { OfflineActs, OfflineState } from "../offline/state.ts";
import { Operations } from "../operations/operations.ts";
import type { StoredFile } from "../protocol/kubectl.ts";
import type { LessonEvents, LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { Desk } from "../storage/desk.ts";
import type { PageStore } from "../storage/pagestore.ts";
import { Timeline } from "../timeline/timeline.ts";
import { bringParts, noticingLoader } from "./bringing.ts";
import { Conductor } from "./commands/conductor.ts";
import { showRollout } from "./commands/demo.ts";
import { Overlays } from "./dialogs/overlays.ts";
import { Header } from "./frame/header.ts";
import { type Layout, markLayout, WHOLE_PAGE } from "./frame/layout.ts";
import { Notices } from "./frame/notices.ts";
import { Panes } from "./frame/panes.ts";
import { PastBar } from "./frame/pastbar.ts";
import { StatusLine } from "./frame/statusline.ts";
import { type Theme, ThemeSwitch } from "./frame/theme.ts";
import { Welcome } from "./frame/welcome.ts";
import { Workbench } from "./frame/workbench.ts";
import { lessonHost } from "./lessonhost.ts";
import { Parts } from "./parts.ts";
import { readPreference, writePreference } from "./preferences.ts";
import type { LessonQuery } from "./query.ts";
import { shareable } from "./shareable.ts";
import { SharedFiles } from "./sharedfiles.ts";
import { Speech } from "./speech.ts";
import { Wholes } from "./wholes.ts";

export interface PageOptions {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly language: Language;
  /** The texts of that language; undefined if they could not be loaded and must be requested again. */
  readonly text: Text | undefined;
  readonly theme: Theme;
  readonly desk: Desk;
  /** What the lesson reports. */
  readonly lessonEvents: Emitter<LessonEvents>;
  /** Without it the reader is given everything. */
  readonly layout?: Layout;
  /** What is stored besides the cluster. */
  readonly store: PageStore;
  /** The lesson that this page's cluster is for. */
  readonly lesson: Wanted | undefined;
  /** The cluster that a lesson's start asks for. */
  bootFor(start: LessonStart): BootOptions;
  /** The school's system that has opened the page, if one has. */
  readonly keeper?: RecordKeeper | undefined;
  /** What the address says about lessons. */
  readonly lessonQuery: LessonQuery;
  /** Seed of a new cluster. */
  readonly seed: number;
  /** Cluster seconds per host second, unless a lesson says otherwise. */
  readonly rate: number;
  /** See WholesOptions. */
  readonly link: Uint8Array | Error | null;
}

/** Puts the panels together and passes on what one reports and another must know. */
export class Page {
  readonly #client: Client;
  readonly #kubectl: Kubectl;
  readonly #header: Header;
  readonly #clock: ClockBar;
  readonly #editor: Editor;
  readonly #diagram: Diagram;
  readonly #events: Events;
  readonly #operations: Operations;
  readonly #parts: Parts;
  readonly #timeline: Timeline;
  /** The parts that can be translated in place. */
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
  readonly #loader: Loader;
  readonly #speech: Speech;

  constructor(root: HTMLElement, options: PageOptions) {
    const { client, layout = WHOLE_PAGE } = options;
    const { panes, readOnly } = layout;
    const text = options.text ?? english;
    markLayout(root, layout);
    this.#theming = new ThemeSwitch(options.theme);
    this.#client = client;
    this.#kubectl = options.kubectl;
    this.#notices = new Notices(text);
    this.#loader = noticingLoader(this.#notices);
    this.#speech = new Speech(options.language, options.text, this.#loader, () => this.#localize());
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
    this.#clock = new ClockBar(client, text, (error) => this.report(error));
    this.#editor = new Editor({
      client,
      loader: this.#loader,
      text,
      store: options.store.part("editor"),
      readOnly,
      onApplied: () => this.#workbench.showDiagram(),
    });
    this.#files = new SharedFiles(this.#editor, options.kubectl.files);
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
    this.#operations = new Operations(client, (line) => this.#workbench.runInTerminal(line), readOnly);
    this.#parts = new Parts({
      ...options,
      operations: this.#operations,
      loader: this.#loader,
      lessonHost: lessonHost({
        ...options,
        editor: this.#editor,
        query: options.lessonQuery,
        demonstrate: (line, signal) => this.#workbench.demonstrate(line, signal),
        reset: (boot) => this.#resetCluster(boot),
      }),
      shareable: shareable(options.desk, options.store, this.#diagram),
      words: this.#speech,
      onPoint: (uid) => this.#workbench.point(uid),
    });
    const { terminal, details, lessons, tools } = this.#parts;
    this.#timeline = new Timeline(client, text);
    this.#overlays = new Overlays({
      text,
      onAction: (action) => this.#conductor.act(action),
      onRestart: () => client.start(),
      onReset: () => void this.#resetCluster(),
    });
    this.#wholes = new Wholes({
      ...options,
      notices: this.#notices,
      text,
      onClusters: () => tools.use(({ clusters }) => clusters.open()),
    });
    options.desk.onAdopt(({ editor }) => this.#editor.restore(editor));
    this.#header = new Header({
      text,
      language: options.language,
      theme: options.theme,
      clock: this.#clock.element,
      onLanguage: (language) => this.#setLanguage(language),
      onTheme: (theme) => this.#setTheme(theme),
      onPalette: () => this.#conductor.openPalette(),
      onReality: () => tools.use(({ reality }) => reality.open()),
      onAbout: () => tools.use(({ about }) => about.open()),
      onShortcuts: () => this.#overlays.shortcuts.open(),
      onClusters: () => tools.use(({ clusters }) => clusters.open()),
      onShare: () => tools.use(({ share }) => share.open()),
      onReset: () => this.#overlays.reset.open(),
      ...(layout.wholePage === undefined ? {} : { wholePage: layout.wholePage }),
    });
    this.#work = new Tabs(
      [
        { id: "lesson", panel: lessons.place, available: panes.has("lesson") },
        { id: "editor", panel: this.#editor.element, available: panes.has("editor") },
      ],
      (id) => this.#workbench.worked(id),
    );
    this.#dock = new Tabs(
      [
        { id: "timeline", panel: this.#timeline.element, available: panes.has("timeline") },
        { id: "events", panel: this.#events.element, available: panes.has("events") },
        { id: "terminal", panel: terminal.place, available: panes.has("terminal") && !readOnly },
        { id: "details", panel: details.place, available: false },
      ],
      (id, choice) => {
        this.#workbench.markSelection();
        if (id === "terminal" && choice === "pressed") {
          this.#workbench.focusDockTab(id); // what is typed next is meant for it
        } else if (id === "terminal") {
          terminal.use((panel) => panel.opened());
        }
      },
    );
    this.#workbench = new Workbench({
      work: this.#work,
      dock: this.#dock,
      diagram: this.#diagram,
      editor: this.#editor,
      details,
      terminal,
      lessons,
      timeline: this.#timeline,
    });
    const laidOut = new Panes(this.#work, this.#diagram.element, this.#dock, text);
    root.replaceChildren(
      this.#skip,
      this.#header.element,
      this.#notices.element,
      this.#past.element,
      laidOut.element,
      this.#status.element,
      ...this.#overlays.elements,
      ...this.#editor.dialogs,
      ...this.#wholes.elements,
      this.#parts.dialogs,
    );
    this.#workbench.showWork(options.lesson === undefined ? "editor" : "lesson");
    this.#localized = [
      this.#header,
      this.#clock,
      this.#editor,
      this.#diagram,
      this.#events,
      this.#timeline,
      laidOut,
      this.#welcome,
      this.#notices,
      this.#past,
      this.#status,
    ];
    this.#conductor = this.#conduct(client, readOnly);
    this.#listen();
    this.#localize();
    bringParts({ client, kubectl: this.#kubectl, editor: this.#editor, parts: this.#parts });
  }

  /** The editor's manifests, as files of the terminal. */
  editorFiles(): readonly StoredFile[] {
    return this.#files.files();
  }

  /** Shows a theme that was chosen elsewhere, and does not remember it. */
  showTheme(theme: Theme): void {
    this.#theming.set(theme);
    this.#header.showTheme(theme);
  }

  /** Says what there is to say of the page's use without a network, and of a new version. */
  showOffline(shown: OfflineState, acts: OfflineActs): void {
    this.#status.offline(shown, acts);
    if (shown.state === "newer") {
      this.#notices.show("version", "info", (text) => text.offline.newer, false, [
        { label: (text) => text.offline.renew, act: () => acts.renew() },
      ]);
    } else {
      this.#notices.dismiss("version");
    }
  }

  /** Says what went wrong. */
  report(error: unknown): void {
    this.#notices.show("error", "warning", () => messageOf(error));
  }

  destroy(): void {
    this.#clock.destroy();
    this.#editor.destroy();
    this.#diagram.destroy();
    this.#events.destroy();
    this.#parts.destroy();
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
    client.on("missing", (state) => this.#status.missing("controlplane", state));
    client.on("start", () => this.#status.missing("controlplane", "there"));
    this.#kubectl.on("missing", (state) => this.#status.missing("kubectl", state));
    this.#kubectl.on("ended", () => this.#status.missing("kubectl", "there"));
    client.on("panic", (panic) => {
      if (!this.#wholes.refuses(panic)) {
        this.#overlays.panic.show(panic);
      }
    });
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

  #conduct(client: Client, readOnly: boolean): Conductor {
    return new Conductor({
      client,
      readOnly,
      operations: this.#operations,
      workbench: this.#workbench,
      tools: this.#parts.tools,
      page: {
        apply: () => this.#applyFirst(),
        review: () => void this.#editor.review(),
        insert: (kind) => {
          this.#workbench.showWork("editor");
          this.#editor.insert(kind);
        },
        setTheme: (theme) => this.#setTheme(theme),
        setLanguage: (language) => this.#setLanguage(language),
        demo: () => void this.#showRollout(),
        reality: () => this.#parts.tools.use(({ reality }) => reality.open()),
        about: () => this.#parts.tools.use(({ about }) => about.open()),
        clusters: () => this.#parts.tools.use(({ clusters }) => clusters.open()),
        share: () => this.#parts.tools.use(({ share }) => share.open()),
        reset: () => this.#overlays.reset.open(),
      },
      text: () => this.#speech.text,
      keyOf: (action) => this.#overlays.shortcuts.keyOf(action),
      help: () => this.#overlays.shortcuts.open(),
      onError: (error) => this.report(error),
    });
  }

  #applyFirst(): void {
    this.#workbench.showWork("editor");
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
      this.report(error);
    }
  }

  async #resetCluster(boot?: BootOptions): Promise<void> {
    this.#overlays.panic.close();
    this.#editor.reset();
    this.#notices.dismiss("restored");
    this.#parts.edit.useIfWanted((dialog) => dialog.dismiss());
    this.#kubectl.reset();
    try {
      await this.#client.reset(boot);
    } catch (error) {
      this.#wholes.report(error);
    }
  }

  /** Takes the cluster back to an earlier moment. What happened since stays in the history. */
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

  #setTheme(theme: Theme): void {
    writePreference("theme", theme);
    this.showTheme(theme);
  }

  #setLanguage(language: Language): void {
    writePreference("language", language);
    this.#header.showLanguage(language);
    void this.#speech.change(language);
  }

  #localize(): void {
    const { text, language } = this.#speech;
    document.documentElement.lang = LANGUAGE_TAGS[language];
    document.title = text.documentTitle;
    // The name under which the page is installed.
    document.querySelector("link[rel=manifest]")?.setAttribute("href", text.offline.manifest);
    this.#skip.textContent = text.skipToDiagram;
    for (const part of this.#localized) {
      part.localize(text);
    }
    this.#overlays.localize(text);
    this.#wholes.localize(text);
    this.#parts.localize(text, language);
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
