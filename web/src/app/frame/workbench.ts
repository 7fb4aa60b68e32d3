import type { Details } from "../../details/details.ts";
import type { Diagram } from "../../diagram/diagram.ts";
import type { Tabs } from "../../dom/tabs.ts";
import type { Editor } from "../../editor/editor.ts";
import type { Lessons } from "../../lessons/lessons.ts";
import type { LatePart } from "../../loading/latepart.ts";
import type { Operation } from "../../operations/operations.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Timeline } from "../../timeline/timeline.ts";

export type WorkTab = "lesson" | "editor";
export type DockTab = "timeline" | "events" | "terminal" | "details";

export interface WorkbenchPanels {
  readonly work: Tabs;
  readonly dock: Tabs;
  readonly diagram: Diagram;
  readonly editor: Editor;
  readonly details: LatePart<Details>;
  readonly terminal: LatePart<Terminal>;
  readonly lessons: LatePart<Lessons>;
  readonly timeline: Timeline;
}

/** Decides which panels are visible, which object is selected, and where the focus goes. */
export class Workbench {
  readonly #panels: WorkbenchPanels;
  #selected: string | undefined;

  constructor(panels: WorkbenchPanels) {
    this.#panels = panels;
    panels.dock.setAvailable("details", false);
  }

  /** Where F6 stops. */
  get regions(): readonly (() => HTMLElement | null)[] {
    const { work, diagram, dock } = this.#panels;
    return [() => selectedTab(work), () => diagram.element, () => selectedTab(dock)];
  }

  /** UID of the selected object. */
  get selected(): string | undefined {
    return this.#selected;
  }

  /** Selects an object and shows its details. */
  select(uid: string): void {
    const { details, timeline, dock } = this.#panels;
    this.#selected = uid;
    details.use((panel) => panel.show(uid));
    timeline.follow(uid);
    dock.setAvailable("details", true);
    dock.show("details");
    this.markSelection();
  }

  /** Marks an object in the diagram and has its details ready, without leaving the terminal. */
  point(uid: string): void {
    this.#selected = uid;
    this.#panels.details.use((panel) => panel.show(uid));
    this.#panels.dock.setAvailable("details", true);
    this.#panels.diagram.select(uid);
  }

  deselect(): void {
    const { dock } = this.#panels;
    this.#selected = undefined;
    if (dock.active === "details") {
      dock.show("timeline");
    }
    dock.setAvailable("details", false);
    this.markSelection();
  }

  /** The diagram marks an object only while its details are on the page. */
  markSelection(): void {
    const { dock, diagram } = this.#panels;
    diagram.select(dock.active === "details" ? this.#selected : undefined);
  }

  /** Runs an action on an object, whose details show the outcome. */
  operate(uid: string, operation: Operation): void {
    this.select(uid);
    this.#panels.details.use((panel) => void panel.run(operation));
    this.focusDock();
  }

  /** On a narrow page, scrolls down to the diagram, where the effects of applying are seen. */
  showDiagram(): void {
    const { element } = this.#panels.diagram;
    if (element.getBoundingClientRect().top > innerHeight * 0.6) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
    }
  }

  /** Focuses the object of the diagram that had the focus last. */
  focusDiagram(): void {
    const { element } = this.#panels.diagram;
    (element.querySelector<SVGElement>("svg [tabindex='0']") ?? element).focus();
  }

  /** Shows a panel of the work pane. */
  showWork(tab: WorkTab): void {
    this.#panels.work.show(tab);
    this.worked(tab);
  }

  /** A panel of the work pane was shown: loads what it needs. */
  worked(tab: string): void {
    if (tab === "lesson") {
      this.#panels.lessons.use(() => undefined);
    }
  }

  focusWork(tab: WorkTab): void {
    const { work, editor } = this.#panels;
    this.showWork(tab);
    if (tab === "editor") {
      editor.focus();
    } else {
      selectedTab(work)?.focus();
    }
  }

  /** Shows a panel of the dock and focuses it; the details only if an object is selected. */
  focusDockTab(tab: DockTab): void {
    const { dock, terminal } = this.#panels;
    if (tab === "details" && this.#selected === undefined) {
      return;
    }
    dock.show(tab);
    this.markSelection();
    this.focusDock();
    if (tab === "terminal") {
      terminal.useTyping((panel, typed) => panel.focus(typed));
    }
  }

  focusDock(): void {
    selectedTab(this.#panels.dock)?.focus();
  }

  runInTerminal(line: string): void {
    const { dock, terminal } = this.#panels;
    dock.show("terminal");
    this.markSelection();
    terminal.use((panel) => panel.run(line));
  }

  /** Types a line into the terminal for all to see and runs it; resolves with its exit status. */
  demonstrate(line: string, signal: AbortSignal): Promise<number> {
    const { dock, terminal } = this.#panels;
    dock.show("terminal");
    this.markSelection();
    return new Promise((resolve, reject) => {
      terminal.use((panel) => panel.demonstrate(line, signal).then(resolve, reject));
    });
  }
}

function selectedTab(tabs: Tabs): HTMLElement | null {
  return tabs.list.querySelector<HTMLElement>("[aria-selected=true]");
}
