import type { Client } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import { shortDuration } from "../language/duration.ts";
import type { Text } from "../language/text.ts";
import type { ClusterEvent } from "../protocol/topology.ts";
import { RecentEvents } from "./recent.ts";

interface Row {
  readonly element: HTMLTableRowElement;
  readonly age: HTMLElement;
  readonly event: ClusterEvent;
}

/** The events that the cluster's components report, as `kubectl get events` lists them, newest first. */
export class Events {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #onSelect: (uid: string) => void;
  readonly #recent = new RecentEvents();
  readonly #rows = new Map<string, Row>();
  readonly #headings = html("tr");
  readonly #body = html("tbody");
  readonly #empty = html("p", { class: "events-empty" });
  readonly #table: HTMLTableElement;
  readonly #unsubscribe: (() => void)[];
  readonly #resize: ResizeObserver;
  #text: Text;
  #frame: number | undefined;
  #visible = false;

  constructor(client: Client, text: Text, onSelect: (uid: string) => void) {
    this.#client = client;
    this.#text = text;
    this.#onSelect = onSelect;
    this.#table = html("table", { class: "events-table" }, html("thead", {}, this.#headings), this.#body);
    this.element = html("div", { class: "events", tabindex: 0, role: "region" }, this.#table, this.#empty);
    this.#body.addEventListener("click", (event) => this.#click(event));
    this.#unsubscribe = [
      client.on("frame", (frame) => {
        if (frame.reset) {
          this.#recent.clear();
        }
        this.#recent.add(frame.events);
        this.#schedule();
      }),
      client.on("start", () => {
        this.#recent.clear();
        this.#schedule();
      }),
      client.on("clock", () => this.#schedule()),
      client.on("past", () => this.#schedule()),
    ];
    this.#resize = new ResizeObserver(([entry]) => {
      this.#visible = (entry?.contentRect.width ?? 0) > 0;
      this.#schedule();
    });
    this.#resize.observe(this.element);
    this.localize(text);
  }

  localize(text: Text): void {
    this.#text = text;
    this.element.setAttribute("aria-label", text.events);
    setText(this.#empty, text.noEvents);
    this.#headings.replaceChildren(
      ...[text.eventAge, text.eventReason, text.eventObject, text.eventMessage].map((name) =>
        html("th", { scope: "col" }, name),
      ),
    );
    this.#schedule();
  }

  destroy(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    this.#resize.disconnect();
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.element.remove();
  }

  /** Hidden it writes nothing. */
  #schedule(): void {
    if (!this.#visible) {
      return;
    }
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#write();
    });
  }

  #write(): void {
    const { past } = this.#client;
    const events = this.#recent.newestFirst.filter((event) => past === undefined || event.time <= past.time);
    const uids = new Set(events.map((event) => event.uid));
    for (const [uid, row] of this.#rows) {
      if (!uids.has(uid)) {
        row.element.remove();
        this.#rows.delete(uid);
      }
    }
    const now = past?.time ?? Math.max(this.#client.clock?.now ?? 0, this.#client.inventory.time);
    const rows = events.map((event) => this.#rowOf(event));
    let next = this.#body.firstElementChild;
    for (const row of rows) {
      setText(row.age, shortDuration(now - row.event.time));
      if (row.element === next) {
        next = next.nextElementSibling;
      } else {
        this.#body.insertBefore(row.element, next);
      }
    }
    this.#table.hidden = events.length === 0;
    this.#empty.hidden = events.length > 0;
  }

  #rowOf(event: ClusterEvent): Row {
    const known = this.#rows.get(event.uid);
    if (known?.event === event) {
      return known;
    }
    known?.element.remove();
    const { involved } = event;
    const age = html("td", { class: "event-age" });
    const count = html("span", { class: "event-count" }, event.count > 1 ? `×${event.count}` : "");
    count.title = event.count > 1 ? this.#text.eventTimes(event.count) : "";
    const name = `${involved.kind.toLowerCase()}/${involved.name}`;
    const object = html(
      "button",
      { type: "button", class: "link", "data-uid": involved.uid, title: name, "aria-label": name },
      shortened(name),
    );
    const element = html(
      "tr",
      { class: event.type === "Warning" ? "event-warning" : "event-normal" },
      age,
      html("td", { class: "event-reason" }, html("span", {}, event.reason), count),
      html("td", { class: "event-object" }, object),
      html("td", { class: "event-message", title: event.source }, event.message),
    );
    const row = { element, age, event };
    this.#rows.set(event.uid, row);
    return row;
  }

  #click(event: MouseEvent): void {
    const object = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-uid]") : null;
    const uid = object?.dataset.uid;
    if (uid !== undefined && this.#client.shown.items.has(uid)) {
      this.#onSelect(uid);
    }
  }
}

/** Characters that the object column has room for. */
const NAME_LENGTH = 34;

/** Names of one controller differ at their ends, so the middle goes. */
function shortened(name: string): string {
  return name.length <= NAME_LENGTH
    ? name
    : `${name.slice(0, 12)}…${name.slice(name.length - NAME_LENGTH + 13)}`;
}
