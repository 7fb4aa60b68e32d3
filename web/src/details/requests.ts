import type { Client } from "../client/client.ts";
import { messageOf } from "../client/errors.ts";
import { html, setText } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { Item, ServiceItem } from "../protocol/topology.ts";
import type { TrafficResult, TrafficStats } from "../protocol/traffic.ts";

const RATES = [1, 10, 50, 200];
const FIRST_RATE = 10;
/** Host milliseconds between two looks at the counts. */
const LOOK = 500;

/** Starts and stops requests to the selected Service without typing, and shows their outcome. */
export class Requests {
  readonly element = html("section", { class: "requests", hidden: true });
  readonly #client: Client;
  readonly #title = html("h4");
  readonly #rate = html("select", { class: "small" });
  readonly #toggle = html("button", { type: "button", class: "small primary" });
  readonly #counts = html("p", { class: "requests-counts" });
  readonly #tables = html("div", { class: "requests-tables" });
  readonly #unsubscribe: () => void;
  #text: Text;
  #service: ServiceItem | undefined;
  #sends = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written = "";

  constructor(client: Client, text: Text) {
    this.#client = client;
    this.#text = text;
    this.element.append(
      this.#title,
      html("div", { class: "requests-head" }, this.#rate, this.#toggle),
      this.#counts,
      this.#tables,
    );
    this.#toggle.addEventListener("click", () => void this.#command(this.#sends ? "stop" : "start"));
    // A new rate takes effect at once for a client that is already sending.
    this.#rate.addEventListener("change", () => {
      if (this.#sends) {
        void this.#command("start");
      }
    });
    this.#unsubscribe = client.on("clock", () => this.#later());
    this.localize(text);
  }

  /** Shows the requests to a Service; nothing for any other object. */
  show(item: Item | undefined): void {
    const service = item?.kind === "Service" && this.#client.past === undefined ? item : undefined;
    const changed = service?.uid !== this.#service?.uid;
    this.#service = service;
    this.element.hidden = service === undefined;
    if (changed) {
      this.#write(undefined);
      void this.#look();
    }
  }

  localize(text: Text): void {
    this.#text = text;
    const rate = this.#rate.value || String(FIRST_RATE);
    setText(this.#title, text.requests.title);
    this.#rate.setAttribute("aria-label", text.requests.rate);
    this.#rate.replaceChildren(
      ...RATES.map((count) => html("option", { value: count }, text.requests.perSecond(count))),
    );
    this.#rate.value = rate;
    this.#written = "";
    void this.#look();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  get #name(): string {
    return `${this.#service?.namespace}/${this.#service?.name}`;
  }

  #later(): void {
    if (this.#service !== undefined) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.#look();
      }, LOOK);
    }
  }

  async #look(): Promise<void> {
    const service = this.#service;
    if (service === undefined) {
      return;
    }
    try {
      const { clients } = await this.#client.traffic({ kind: "all" });
      if (this.#service?.uid === service.uid) {
        this.#write(clients.find((client) => client.service.split(":")[0] === this.#name));
      }
    } catch {
      // The control plane has ended: its panic event reports that.
    }
  }

  /** A client that was started elsewhere may have another rate than those to choose from. */
  #writeRate(stats: TrafficStats | undefined): void {
    if (stats === undefined || stats.perSecond === 0 || document.activeElement === this.#rate) {
      return;
    }
    const value = String(stats.perSecond);
    if (![...this.#rate.options].some((option) => option.value === value)) {
      this.#rate.append(html("option", { value }, this.#text.requests.perSecond(stats.perSecond)));
    }
    this.#rate.value = value;
  }

  async #command(kind: "start" | "stop"): Promise<void> {
    const service = this.#name;
    try {
      const { clients } = await this.#client.traffic(
        kind === "stop"
          ? { kind, service }
          : { kind, service, perSecond: Number(this.#rate.value), path: "", timeoutMilliseconds: 0 },
      );
      this.#write(clients[0]);
    } catch (error) {
      setText(this.#counts, messageOf(error));
    }
  }

  #write(stats: TrafficStats | undefined): void {
    const words = this.#text.requests;
    this.#sends = stats !== undefined && stats.perSecond > 0;
    setText(this.#toggle, this.#sends ? words.stop : words.start);
    setText(
      this.#counts,
      stats === undefined ? words.none : words.counts(stats.sent, stats.ok, stats.failed),
    );
    const { ok: _, ...reasons } = stats?.byResult ?? {};
    const named = (Object.entries(reasons) as [TrafficResult, number][]).map(
      ([reason, count]) => [this.#text.trafficResults[reason], count] as const,
    );
    this.#writeRate(stats);
    const written = JSON.stringify([stats?.byVersion, named]);
    if (written !== this.#written) {
      this.#written = written;
      this.#tables.replaceChildren(
        ...tableOf(words.answeredBy, Object.entries(stats?.byVersion ?? {}), "answered"),
        ...tableOf(words.failedFor, named, "failed"),
      );
    }
  }
}

/** Nothing for no count. */
function tableOf(
  title: string,
  counts: readonly (readonly [string, number])[],
  look: "answered" | "failed",
): HTMLElement[] {
  const some = counts.filter(([, count]) => count > 0);
  const most = Math.max(1, ...some.map(([, count]) => count));
  return some.length === 0
    ? []
    : [
        html(
          "table",
          { class: `requests-table ${look}` },
          html("caption", {}, title),
          html(
            "tbody",
            {},
            ...some.map(([name, count]) =>
              html(
                "tr",
                {},
                html("th", { scope: "row" }, name),
                html("td", {}, String(count)),
                html("td", { "aria-hidden": "true" }, html("meter", { min: 0, max: most, value: count })),
              ),
            ),
          ),
        ),
      ];
}
