import type { Client } from "../client/client.ts";
import { html, setAttributes, setText, svg } from "../dom/element.ts";
import { textScale } from "../dom/textscale.ts";
import type { Text } from "../language/text.ts";
import { type Chart, clockTime, drawChart } from "./chart.ts";
import { HappenedTable, sayMark } from "./happened.ts";
import { TimelineHead } from "./head.ts";
import { marksNear, momentsOf, pointAt, type Range, rangeOf, type Series, Timelines } from "./model.ts";
import { drawRequests, sayRequests } from "./requestchart.ts";
import { type RequestSecond, requestsAt, requestsOf } from "./requests.ts";

/** How near in time marks count as being at a moment, as a part of the range. */
const NEAR = 0.008;
/** Host milliseconds between two drawings that the learner did not cause. */
const REST = 200;
/** Host milliseconds between two queries about the requests. */
const ASK_REQUESTS = 500;
/** The part of the chart's height that the requests take. */
const REQUESTS_SHARE = 0.34;

/**
 * A Deployment's pods over cluster time, against the bounds of its strategy, and
 * below them the requests to its Services. Dragging over it, or going through its
 * changes by keyboard, makes the page look back at that moment.
 */
export class Timeline {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #timelines = new Timelines();
  readonly #svg = svg("svg", { class: "timeline-chart", "aria-hidden": "true" });
  readonly #cursor = svg("path", { class: "cursor" });
  readonly #knob = svg("path", { class: "cursor-knob" });
  /** The chart's other form for keyboard and screen reader: a slider over the moments. */
  readonly #slider = html("div", { class: "timeline-slider", role: "slider", tabindex: 0 }, this.#svg);
  readonly #readout = html("p", { class: "timeline-readout" });
  readonly #table = new HappenedTable();
  readonly #head = new TimelineHead({
    onChoose: (uid) => this.follow(uid),
    onRange: () => this.#schedule(true),
    onTable: () => this.#toggleTable(),
  });
  readonly #empty = html("p", { class: "events-empty" });
  readonly #resize: ResizeObserver;
  readonly #unsubscribe: (() => void)[];
  #text: Text;
  #chosen: string | undefined;
  #chart: Chart | undefined;
  #shown: Range = { from: 0, to: 1, known: 1 };
  #moment: number | undefined;
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = 0;
  #dragging = false;
  #requests: readonly RequestSecond[] = [];
  #asking: ReturnType<typeof setTimeout> | undefined;
  #visible = false;
  /** Pixels for one of the chart's. */
  #scale = 1;

  constructor(client: Client, text: Text) {
    this.#client = client;
    this.#text = text;
    this.element = html(
      "div",
      { class: "timeline" },
      this.#head.element,
      this.#slider,
      this.#readout,
      this.#table.element,
      this.#empty,
    );
    this.#slider.addEventListener("pointerdown", (event) => this.#press(event));
    this.#slider.addEventListener("pointermove", (event) => this.#point(event));
    this.#slider.addEventListener("pointerup", () => this.#release());
    this.#slider.addEventListener("pointercancel", () => this.#release());
    this.#slider.addEventListener("pointerleave", () => this.#look(undefined));
    this.#slider.addEventListener("keydown", (event) => this.#keydown(event));
    this.#slider.addEventListener("blur", () => this.#look(undefined));
    this.#resize = new ResizeObserver((entries) => {
      const whole = entries.find(({ target }) => target === this.element);
      if (whole !== undefined) {
        this.#visible = whole.contentRect.width > 0;
        this.#scale = textScale();
        void this.#askRequests();
      }
      this.#schedule(true);
    });
    // The words below the chart take their room from it.
    this.#resize.observe(this.element);
    this.#resize.observe(this.#slider);
    this.#unsubscribe = [
      client.on("timeline", (delta) => {
        this.#timelines.add(delta);
        this.#schedule();
      }),
      client.on("clock", () => {
        this.#asking ??= setTimeout(() => {
          this.#asking = undefined;
          void this.#askRequests();
        }, ASK_REQUESTS);
        this.#schedule();
      }),
      client.on("past", () => this.#schedule(true)),
      client.on("start", () => {
        this.#timelines.clear();
        this.#requests = [];
        this.#schedule(true);
      }),
    ];
    this.localize(text);
  }

  /** Shows the Deployment of that UID; any other UID changes nothing. */
  follow(uid: string): void {
    if (this.#timelines.find(uid) !== undefined) {
      this.#chosen = uid;
      this.#moment = undefined;
      this.#requests = [];
      this.#schedule(true);
    }
  }

  localize(text: Text): void {
    this.#text = text;
    this.#head.localize(text.timeline);
    setText(this.#empty, text.timeline.empty);
    this.#table.localize(text);
    this.#schedule();
  }

  destroy(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    clearTimeout(this.#timer);
    clearTimeout(this.#asking);
    this.#resize.disconnect();
    for (const unsubscribe of this.#unsubscribe) {
      unsubscribe();
    }
    this.element.remove();
  }

  /** The chosen Deployment, or the one where something happened last. */
  get #series(): Series | undefined {
    const latest = (series: Series) => series.points.at(-1)?.time ?? 0;
    return (
      this.#timelines.find(this.#chosen) ??
      this.#timelines.series.reduce<Series | undefined>(
        (best, series) => (best === undefined || latest(series) > latest(best) ? series : best),
        undefined,
      )
    );
  }

  /** `now` when the learner has asked for it. Hidden it draws nothing: the resize observer does when it is shown. */
  #schedule(now = false): void {
    if (!this.#visible || this.#frame !== undefined) {
      return;
    }
    const rest = now ? 0 : this.#drawn + REST - performance.now();
    if (rest > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#schedule(true);
      }, rest);
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#drawn = performance.now();
      this.#draw();
    });
  }

  /** Asks for the requests to the Services that select the Deployment's pods. */
  async #askRequests(): Promise<void> {
    const series = this.#series;
    if (!this.#visible || series === undefined) {
      return;
    }
    const services = new Set<string>();
    for (const item of this.#client.inventory.items.values()) {
      if (item.kind === "Service" && item.targets.includes(series.uid)) {
        services.add(`${item.namespace}/${item.name}`);
      }
    }
    try {
      const { clients } = services.size === 0 ? { clients: [] } : await this.#client.traffic({ kind: "all" });
      this.#requests = requestsOf(clients.filter(({ service }) => services.has(service.split(":")[0] ?? "")));
      this.#schedule();
    } catch {
      // The control plane has ended: its panic event reports that.
    }
  }

  #draw(): void {
    const series = this.#series;
    const isTable = this.#table.element.hidden !== true;
    this.#head.element.hidden = series === undefined;
    this.#empty.hidden = series !== undefined;
    this.#slider.hidden = series === undefined || isTable;
    this.#readout.hidden = series === undefined || isTable;
    if (series === undefined) {
      this.#chart = undefined;
      return;
    }
    this.#head.write(this.#timelines.series, series, this.#text.timeline);
    if (isTable) {
      this.#table.write(series, this.#text);
      return;
    }
    const { width, height } = this.#chartSize();
    if (width < 80 || height < 60) {
      return;
    }
    const now = Math.max(this.#client.clock?.now ?? 0, this.#client.inventory.time);
    const range = rangeOf(series, this.#head.range, now);
    this.#shown = range;
    const below = this.#requests.length === 0 ? 0 : Math.round(height * REQUESTS_SHARE);
    const chart = drawChart(series, range, width, height, below, this.#text);
    this.#chart = chart;
    setAttributes(this.#svg, {
      width: this.#slider.clientWidth,
      height: this.#slider.clientHeight,
      viewBox: `0 0 ${width} ${height}`,
    });
    const requests =
      below === 0
        ? []
        : drawRequests(this.#requests, range, chart, chart.bottom + 4, chart.bottom + below, this.#text);
    this.#svg.replaceChildren(...chart.elements, ...requests, this.#cursor, this.#knob);
    this.#writeMoment(series);
  }

  /** What is read out: where the pointer is, or the moment that the page looks back at, or now. */
  #writeMoment(series: Series): void {
    const words = this.#text.timeline;
    const past = this.#client.past;
    const moment = this.#moment ?? past?.time;
    const time = moment ?? this.#shown.known;
    const point = pointAt(series.points, time);
    const chart = this.#chart;
    this.#slider.classList.toggle("in-past", past !== undefined);
    if (chart !== undefined && moment !== undefined) {
      const bottom = this.#chartSize().height - 20;
      this.#cursor.setAttribute("d", `M${chart.x(time)} ${chart.top - 20}V${bottom}`);
    } else {
      this.#cursor.removeAttribute("d");
    }
    if (chart !== undefined && past !== undefined) {
      const x = chart.x(past.time);
      this.#knob.setAttribute("d", `M${x - 6} ${chart.top - 24}h12v7l-6 6l-6 -6Z`);
    } else {
      this.#knob.removeAttribute("d");
    }
    const said =
      point === undefined
        ? ""
        : [
            words.at(clockTime(time), point.total, point.available, point.floor, point.ceiling),
            ...point.sets.map((set) => words.set(set.revision, set.available, set.total)),
          ].join(" · ");
    const second = requestsAt(this.#requests, time);
    const near = (this.#shown.to - this.#shown.from) * NEAR;
    const marks = moment === undefined ? [] : marksNear(series.marks, time, near);
    const full = [
      said,
      ...(second === undefined ? [] : [words.inSecond(sayRequests(second, this.#text))]),
      ...marks.map((mark) => sayMark(mark, this.#text)),
    ].join("\n");
    setText(this.#readout, full);
    setAttributes(this.#slider, {
      "aria-label": words.title(series.name),
      "aria-description": words.help,
      "aria-valuemin": 0,
      "aria-valuemax": Math.round((this.#shown.known - this.#shown.from) / 1000),
      "aria-valuenow": Math.round(
        Math.min(Math.max(time - this.#shown.from, 0), this.#shown.known - this.#shown.from) / 1000,
      ),
      "aria-valuetext": full,
    });
  }

  #toggleTable(): void {
    this.#table.element.hidden = this.#table.element.hidden !== true;
    this.#head.showTable(this.#table.element.hidden !== true);
    this.#draw();
  }

  #press(event: PointerEvent): void {
    if (event.button === 0) {
      this.#dragging = true;
      this.#slider.setPointerCapture(event.pointerId);
      this.#point(event);
    }
  }

  #release(): void {
    this.#dragging = false;
  }

  #point(event: PointerEvent): void {
    const left = this.#slider.getBoundingClientRect().left;
    const time = this.#chart?.timeAt((event.clientX - left) / this.#scale);
    const moment =
      time === undefined ? undefined : Math.min(Math.max(time, this.#shown.from), this.#shown.known);
    this.#look(moment);
    if (this.#dragging && moment !== undefined) {
      this.#lookBack(moment);
    }
  }

  /** The whole page shows that moment; at the right end, the present. */
  #lookBack(moment: number): void {
    if (moment >= this.#shown.known) {
      this.#client.lookAtPresent();
    } else {
      void this.#client.lookBack(moment).catch(() => this.#client.lookAtPresent());
    }
  }

  /** In the chart's own pixels. */
  #chartSize(): { width: number; height: number } {
    return { width: this.#slider.clientWidth / this.#scale, height: this.#slider.clientHeight / this.#scale };
  }

  #look(moment: number | undefined): void {
    const series = this.#series;
    this.#moment = moment;
    if (series !== undefined) {
      this.#writeMoment(series);
    }
  }

  #keydown(event: KeyboardEvent): void {
    const series = this.#series;
    if (series === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape" && this.#client.past !== undefined) {
      event.preventDefault();
      this.#client.lookAtPresent();
      return;
    }
    const moments = momentsOf(series, this.#shown);
    const at = this.#client.past?.time ?? this.#moment ?? this.#shown.to + 1;
    const next =
      event.key === "ArrowLeft"
        ? (moments.findLast((moment) => moment < at) ?? moments[0])
        : event.key === "ArrowRight"
          ? (moments.find((moment) => moment > at) ?? this.#shown.known)
          : event.key === "Home"
            ? moments[0]
            : event.key === "End"
              ? this.#shown.known
              : undefined;
    if (next !== undefined) {
      event.preventDefault();
      this.#look(undefined);
      this.#lookBack(next);
    }
  }
}
