import { kindOf } from "../client/resources.ts";
import { html, setText, svg } from "../dom/element.ts";
import { shortDuration } from "../language/duration.ts";
import type { Text } from "../language/text.ts";
import type { Item } from "../protocol/topology.ts";
import type { Arrangement, Group, LaneItem } from "./arrangement.ts";
import { conditionWords, cronWord, rolloutWord, tags, workloadWords } from "./description.ts";
import { podIcon } from "./icons.ts";
import { podState } from "./podstate.ts";

interface Row {
  readonly item: Item;
  /** 1 for a workload, 2 for what it owns, and so on. */
  readonly level: number;
  readonly revision: number;
}

interface View {
  readonly row: HTMLTableRowElement;
  readonly icon: HTMLElement;
  readonly cells: readonly HTMLElement[];
  readonly button: HTMLButtonElement;
  state: string;
}

const COLUMNS = ["object", "revision", "ready", "status", "node", "restarts", "age"] as const;

/**
 * The content of the diagram as a table: the same objects in the same order and
 * the same words, for those who cannot see the diagram well or prefer to read
 * line by line. It keeps one row per object and changes only what differs.
 */
export class LiveTable {
  readonly element: HTMLElement;
  readonly #onSelect: (uid: string) => void;
  readonly #headings = html("tr");
  readonly #body = html("tbody");
  readonly #caption = html("caption", { class: "visually-hidden" });
  readonly #views = new Map<string, View>();

  constructor(onSelect: (uid: string) => void) {
    this.#onSelect = onSelect;
    this.element = html(
      "div",
      { class: "live-table", tabindex: 0, role: "region", hidden: true },
      html("table", {}, this.#caption, html("thead", {}, this.#headings), this.#body),
    );
  }

  localize(text: Text): void {
    this.element.setAttribute("aria-label", text.liveTable);
    setText(this.#caption, text.diagram);
    this.#headings.replaceChildren(
      ...COLUMNS.map((name) => html("th", { scope: "col" }, text.tableColumns[name])),
    );
  }

  /** `now` is the cluster time of what is shown. */
  update(arrangement: Arrangement, now: number, selected: string | undefined, text: Text): void {
    const rows = [...rowsOf(arrangement)];
    const known = new Set(rows.map(({ item }) => item.uid));
    for (const [uid, view] of this.#views) {
      if (!known.has(uid)) {
        view.row.remove();
        this.#views.delete(uid);
      }
    }
    let next = this.#body.firstElementChild;
    for (const row of rows) {
      let view = this.#views.get(row.item.uid);
      if (view === undefined) {
        view = this.#add(row.item.uid);
      }
      write(view, row, now, selected === row.item.uid, text);
      if (view.row === next) {
        next = next.nextElementSibling;
      } else {
        this.#body.insertBefore(view.row, next);
      }
    }
  }

  #add(uid: string): View {
    const icon = html("span", { class: "row-icon", "aria-hidden": "true" });
    const button = html("button", { type: "button", class: "link" });
    button.addEventListener("click", () => this.#onSelect(uid));
    const cells = COLUMNS.slice(1).map(() => html("td"));
    const row = html("tr", {}, html("th", { scope: "row" }, icon, button), ...cells);
    const view = { row, icon, cells, button, state: "" };
    this.#views.set(uid, view);
    return view;
  }
}

function write(view: View, { item, level, revision }: Row, now: number, selected: boolean, text: Text): void {
  const state = item.kind === "Pod" ? podState(item) : "";
  if (view.state !== state) {
    view.state = state;
    view.icon.replaceChildren(
      ...(item.kind === "Pod"
        ? [svg("svg", { viewBox: "0 0 16 16", width: 14, height: 14 }, podIcon(podState(item)))]
        : []),
    );
  }
  const classes = `level-${level} ${state === "" ? "owner" : `state-${state}`}${selected ? " selected" : ""}`;
  if (view.row.className !== classes) {
    view.row.className = classes;
  }
  setText(view.button, item.kind === "Pod" ? item.name : `${kindOf(item)} ${item.name}`);
  const values = [
    revision > 0 ? String(revision) : "",
    readyOf(item),
    statusOf(item, text),
    item.kind === "Pod" ? item.node : "",
    item.kind === "Pod" ? String(item.restarts) : "",
    shortDuration(now - item.created),
  ];
  values.forEach((value, index) => {
    const cell = view.cells[index];
    if (cell !== undefined) {
      setText(cell, value);
    }
  });
}

function readyOf(item: Item): string {
  switch (item.kind) {
    case "Pod":
      return item.readyText;
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
    case "ReplicationController":
      return `${item.ready}/${item.desired}`;
    case "Service":
      return `${item.ready}/${item.endpoints}`;
    default:
      return "";
  }
}

/** A pod's STATUS with what it means, and in a word or two how everything else is. */
function statusOf(item: Item, text: Text): string {
  switch (item.kind) {
    case "Pod": {
      const state = text.podStates[podState(item)];
      return item.status.toLowerCase() === state ? item.status : `${item.status} (${state})`;
    }
    case "Deployment":
      return rolloutWord(item, text);
    case "ReplicaSet":
      return tags(item.images);
    case "CronJob":
      return cronWord(item, text);
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
    case "ReplicationController":
      return workloadWords(item, text);
    case "Node":
      return item.status;
    case "Service":
      return text.endpointsOf(item.ready, item.endpoints);
    case "HorizontalPodAutoscaler":
      return [text.scaled(item.current, item.minimum, item.maximum), item.metrics].join(", ");
    case "PodDisruptionBudget":
      return text.evictable(item.allowed);
    case "PersistentVolumeClaim":
    case "PersistentVolume":
      return `${item.status}, ${item.capacity}`;
    case "CustomResource":
      return conditionWords(item, text);
  }
}

function* rowsOf(arrangement: Arrangement): Generator<Row> {
  for (const group of arrangement.groups) {
    yield* rowsOfGroup(group);
  }
  for (const machine of arrangement.machines ?? []) {
    if (machine.node !== null) {
      yield { item: machine.node, level: 1, revision: 0 };
    }
    for (const { pod, set } of machine.pods) {
      yield { item: pod, level: 2, revision: set?.revision ?? 0 };
    }
  }
  if (arrangement.machines === null) {
    for (const item of arrangement.nodes) {
      yield { item, level: 1, revision: 0 };
    }
  }
  for (const item of arrangement.companions) {
    yield { item, level: 1, revision: 0 };
  }
}

function* rowsOfGroup(group: Group): Generator<Row> {
  const { head } = group;
  if (head !== null) {
    yield { item: head, level: 1, revision: "revision" in head ? head.revision : 0 };
  }
  for (const item of group.companions) {
    yield { item, level: 2, revision: 0 };
  }
  for (const { item, pods } of group.lanes) {
    if (item !== null) {
      yield { item, level: 2, revision: revisionOf(item) };
    }
    for (const { pod, set } of pods) {
      yield { item: pod, level: item === null ? 2 : 3, revision: set?.revision ?? 0 };
    }
  }
  for (const item of group.history) {
    yield { item, level: 2, revision: item.revision };
  }
}

function revisionOf(item: LaneItem): number {
  return item.kind === "ReplicaSet" ? item.revision : 0;
}
