import type { Client } from "../client/client.ts";
import { html, setText } from "../dom/element.ts";
import { shortDuration } from "../language/duration.ts";
import type { Text } from "../language/text.ts";
import type { ClusterEvent, Item } from "../protocol/topology.ts";

/** Events that are remembered for the object selected next; beyond that the oldest are dropped. */
const REMEMBERED = 1000;

/** The events about one object, newest first. */
export class EventsOf {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #events = new Map<string, ClusterEvent>();
  readonly #headings = html("tr");
  readonly #body = html("tbody");
  readonly #table: HTMLTableElement;
  readonly #empty = html("p", { class: "events-empty" });
  readonly #unsubscribe: (() => void)[];
  #uid = "";

  constructor(client: Client) {
    this.#client = client;
    this.#table = html("table", { class: "events-table" }, html("thead", {}, this.#headings), this.#body);
    this.element = html("div", { class: "events", tabindex: 0, role: "region" }, this.#table, this.#empty);
    this.#unsubscribe = [
      client.on("frame", (frame) => {
        if (frame.reset) {
          this.#events.clear();
        }
        for (const event of frame.events) {
          this.#events.delete(event.uid);
          this.#events.set(event.uid, event);
        }
        for (const uid of [...this.#events.keys()].slice(0, Math.max(0, this.#events.size - REMEMBERED))) {
          this.#events.delete(uid);
        }
        if (frame.reset || frame.events.some(({ involved }) => involved.uid === this.#uid)) {
          this.#write();
        }
      }),
      client.on("start", () => this.#events.clear()),
      client.on("past", () => this.#write()),
    ];
  }

  show(item: Item): void {
    this.#uid = item.uid;
    this.#write();
  }

  localize(text: Text): void {
    this.element.setAttribute("aria-label", text.views.happened);
    setText(this.#empty, text.inspector.noEvents);
    this.#headings.replaceChildren(
      ...[text.eventAge, text.eventReason, text.eventMessage].map((name) =>
        html("th", { scope: "col" }, name),
      ),
    );
    this.#write();
  }

  destroy(): void {
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
  }

  #write(): void {
    const { past } = this.#client;
    const now = past?.time ?? Math.max(this.#client.clock?.now ?? 0, this.#client.inventory.time);
    const events = [...this.#events.values()]
      .filter(({ involved, time }) => involved.uid === this.#uid && time <= (past?.time ?? time))
      .reverse();
    this.#table.hidden = events.length === 0;
    this.#empty.hidden = events.length > 0;
    this.#body.replaceChildren(
      ...events.map((event) =>
        html(
          "tr",
          { class: event.type === "Warning" ? "event-warning" : "" },
          html("td", { class: "event-age" }, shortDuration(now - event.time)),
          html(
            "td",
            { class: "event-reason" },
            html("span", {}, event.reason),
            event.count > 1 ? html("span", { class: "event-count" }, `×${event.count}`) : null,
          ),
          html("td", { class: "event-message" }, event.message),
        ),
      ),
    );
  }
}
