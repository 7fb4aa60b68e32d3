import {
  type Connect,
  type FrameMessage,
  PARAMETERS,
  type Parameter,
  type PlaygroundEvent,
} from "../protocol/embedding.ts";
import { frameAddress } from "./address.ts";
import { type PlaygroundApi, Remote } from "./remote.ts";
import { siteOf } from "./site.ts";
import { readText } from "./source.ts";
import { themeAround, watchTheme } from "./theme.ts";

/** Pixels, unless the element says otherwise. */
const HEIGHT = 480;
/** Bounds of a height that the frame asks for. */
const LEAST_HEIGHT = 160;
const MOST_HEIGHT = 4000;

const STYLES = `:host { display: block; margin-block: 1em; }
:host([hidden]) { display: none; }
iframe { display: block; box-sizing: border-box; width: 100%; border: 1px solid #8884; border-radius: 10px; }`;

/** The playgrounds on this page that run. */
const running = new Set<Playground>();

/**
 * `<tabernetes-playground>`: a Kubernetes cluster in a frame of a page. Its attributes
 * are the PARAMETERS of protocol/embedding.ts, and besides them its ELEMENT_ATTRIBUTES:
 * `site`, where the script is not of the site itself, `sandbox`, as a frame has it, and
 * `alongside`: it runs while others do. Its events are the PlaygroundEvents. What it contains is shown
 * where it is not defined: by readers without scripts, and in feeds.
 */
export class Playground extends HTMLElement {
  static readonly observedAttributes = [...PARAMETERS, "site", "sandbox"];

  readonly #remote = new Remote(() => this.start());
  readonly #root = this.attachShadow({ mode: "open" });
  #frame: HTMLIFrameElement | undefined;
  #origin = "";
  #unwatch: (() => void) | undefined;
  #turn = 0;

  /** The page's interface, in the frame. */
  get api(): PlaygroundApi {
    return this.#remote.api;
  }

  /** Starts the cluster, or goes on with it. */
  start(): void {
    this.#remote.post({ type: "start" });
  }

  /** Keeps the cluster's state and lets its memory and the processor go. */
  rest(): void {
    if (this.#remote.connected) {
      this.#remote.post({ type: "rest" });
    }
    running.delete(this);
  }

  connectedCallback(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    this.#root.adoptedStyleSheets = [sheet];
    addEventListener("message", this.#greeted);
    this.#unwatch = watchTheme(() => this.#sendTheme());
    void this.#load();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#greeted);
    this.#unwatch?.();
    this.#turn++;
    running.delete(this);
    this.#remote.end("the playground was removed from the page");
    this.#frame?.remove();
    this.#frame = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (this.#frame === undefined || before === now) {
      return;
    }
    if (name === "theme") {
      this.#sendTheme();
    } else if (name === "height") {
      this.#setHeight();
    } else {
      void this.#load();
    }
  }

  /** Loads the frame, again when attributes have changed that it reads when it is loaded. */
  async #load(): Promise<void> {
    const turn = ++this.#turn;
    // Attributes that are set one after the other are read once, and so is the content
    // that the parser has still to add.
    await settled();
    const site = siteOf(this);
    if (site === undefined) {
      this.#fail("the element needs a site: an address of http or https");
      return;
    }
    let values: Partial<Record<Parameter, string>>;
    try {
      values = await this.#values(site);
    } catch (error) {
      this.#fail(String(error instanceof Error ? error.message : error));
      return;
    }
    if (turn === this.#turn) {
      this.#show(site, values);
    }
  }

  async #values(site: URL): Promise<Partial<Record<Parameter, string>>> {
    const values: Partial<Record<Parameter, string>> = {};
    for (const name of PARAMETERS) {
      const value = this.getAttribute(name);
      if (value !== null) {
        values[name] = value;
      }
    }
    values.theme = this.#theme;
    const language = this.closest("[lang]")?.getAttribute("lang");
    if (values.lang === undefined && language && /^(?:en|zh)\b/i.test(language)) {
      values.lang = language;
    }
    const child = this.querySelector('script[type="application/yaml"]')?.textContent;
    if (values.yaml === undefined && child) {
      values.yaml = withoutIndent(child);
    }
    if (values.src !== undefined && values.yaml === undefined) {
      const address = new URL(values.src, document.baseURI);
      // The frame reads what is of its own site, lessons too, and refuses what is of any other.
      values.src = address.href;
      const isLesson = /\.zip$/i.test(address.pathname);
      if (address.origin === location.origin && address.origin !== site.origin && !isLesson) {
        values.yaml = await readText(address);
        delete values.src;
      }
    }
    return values;
  }

  #show(site: URL, values: Partial<Record<Parameter, string>>): void {
    this.#remote.end("the frame was loaded again");
    running.delete(this);
    const frame = document.createElement("iframe");
    const sandbox = this.getAttribute("sandbox");
    if (sandbox !== null) {
      frame.setAttribute("sandbox", sandbox);
    }
    const hasOrigin = sandbox === null || sandbox.split(/\s+/).includes("allow-same-origin");
    this.#origin = hasOrigin ? site.origin : "null";
    frame.title = this.title || "Kubernetes playground";
    frame.loading = "lazy";
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.src = frameAddress(site, values, location.origin);
    this.#frame = frame;
    this.#setHeight();
    this.#root.replaceChildren(frame);
  }

  #setHeight(pixels?: number): void {
    const given = this.getAttribute("height");
    const height = given === "auto" ? (pixels ?? HEIGHT) : Number.parseInt(given ?? "", 10) || HEIGHT;
    this.#frame?.style.setProperty("height", `${Math.min(Math.max(height, LEAST_HEIGHT), MOST_HEIGHT)}px`);
  }

  get #theme(): string {
    const given = this.getAttribute("theme");
    return given === null || given === "auto" ? themeAround(this) : given;
  }

  #sendTheme(): void {
    if (this.#remote.connected) {
      this.#remote.post({ type: "theme", theme: this.#theme });
    }
  }

  /** The frame says that it is there, and is given the port: nobody else is. */
  readonly #greeted = ({ data, source, origin }: MessageEvent<unknown>) => {
    const window = this.#frame?.contentWindow;
    if (window == null || source !== window) {
      return;
    }
    if (origin !== this.#origin || !isHere(data)) {
      this.#fail(`refused a message from ${origin}`);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<FrameMessage>) => this.#receive(event.data);
    // A frame without an origin cannot be named; the port still goes to this window alone.
    const target = this.#origin === "null" ? "*" : this.#origin;
    window.postMessage({ tabernetes: "connect" } satisfies Connect, target, [port2]);
    this.#remote.connect(port1);
    this.#sendTheme();
  };

  #receive(message: FrameMessage): void {
    if (this.#remote.receive(message)) {
      return;
    }
    if (message.type === "runs") {
      this.#runs();
    } else if (message.type === "event") {
      if (message.name === "resize") {
        this.#setHeight((message.detail as { height: number }).height);
      }
      this.#dispatch(message.name, message.detail);
    }
  }

  /** One runs at a time, unless the page wants several. */
  #runs(): void {
    if (!this.hasAttribute("alongside")) {
      for (const other of running) {
        if (other !== this && !other.hasAttribute("alongside")) {
          other.rest();
        }
      }
    }
    running.add(this);
  }

  #fail(message: string): void {
    this.#dispatch("error", { message });
  }

  #dispatch(name: PlaygroundEvent, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function isHere(data: unknown): boolean {
  return typeof data === "object" && data !== null && "tabernetes" in data && data.tabernetes === "here";
}

/** When the document has been parsed, or at once. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
    } else {
      resolve();
    }
  });
}

/** Takes away what all lines are indented by, as authors indent what stands inside of elements. */
function withoutIndent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n");
  const indents = lines
    .filter((line) => line.trim() !== "")
    .map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents);
  return `${lines.map((line) => line.slice(least)).join("\n")}\n`;
}
