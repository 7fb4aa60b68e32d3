import type {
  Connect,
  FrameMessage,
  Here,
  HostMessage,
  PlaygroundEvent,
  PlaygroundEvents,
} from "../protocol/embedding.ts";

/** Messages that wait for the page to connect; beyond it the oldest are dropped. */
const MOST_WAITING = 100;

/** The window of the frame; tests pass another. */
export interface FrameWindow {
  readonly parent: unknown;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}

/**
 * The frame's end of the channel to the page that shows it. It connects once, to the
 * window that contains the frame, if that is of the origin which the frame's address
 * names; anybody else is refused, and the page is told.
 */
export class Host {
  readonly #origin: string | undefined;
  readonly #window: FrameWindow;
  readonly #onMessage: (message: HostMessage) => void;
  #port: MessagePort | undefined;
  #waiting: { readonly message: FrameMessage; readonly transfer: Transferable[] }[] = [];

  /** `origin`: "null" for a page whose origin is opaque; undefined for nobody. */
  constructor(origin: string | undefined, onMessage: (message: HostMessage) => void, window: FrameWindow) {
    this.#origin = origin;
    this.#onMessage = onMessage;
    this.#window = window;
    window.addEventListener("message", (event) => this.#receive(event));
    if (origin !== undefined && window.parent !== window) {
      // Whoever contains the frame may know that it is there.
      (window.parent as Window).postMessage({ tabernetes: "here" } satisfies Here, "*");
    }
  }

  emit<Name extends PlaygroundEvent>(name: Name, detail: PlaygroundEvents[Name]): void {
    this.post({ type: "event", name, detail });
  }

  post(message: FrameMessage, transfer: Transferable[] = []): void {
    if (this.#port !== undefined) {
      this.#port.postMessage(message, transfer);
    } else if (this.#origin !== undefined) {
      this.#waiting.push({ message, transfer });
      this.#waiting.splice(0, this.#waiting.length - MOST_WAITING);
    }
  }

  #receive({ data, source, origin, ports }: MessageEvent<unknown>): void {
    if (!isOurs(data)) {
      // Extensions and other frames talk here, too.
      return;
    }
    const [port] = ports;
    const isHost = source === this.#window.parent && this.#origin !== undefined && origin === this.#origin;
    if (!isHost || data.tabernetes !== "connect" || port === undefined || this.#port !== undefined) {
      for (const unwanted of ports) {
        unwanted.close();
      }
      const why = isHost ? "it is no handshake, or a second one" : "it may not connect";
      this.emit("error", { message: `refused a message from ${origin}: ${why}` });
      return;
    }
    this.#port = port;
    port.onmessage = ({ data: message }: MessageEvent<unknown>) => {
      if (isMessage(message)) {
        this.#onMessage(message);
      } else {
        this.emit("error", { message: "refused a malformed message" });
      }
    };
    for (const { message, transfer } of this.#waiting.splice(0)) {
      port.postMessage(message, transfer);
    }
  }
}

function isOurs(data: unknown): data is Connect | Here {
  return typeof data === "object" && data !== null && "tabernetes" in data;
}

const isNumber = (value: unknown) => typeof value === "number";
const isText = (value: unknown) => typeof value === "string";

/** What each message must have besides its type. */
const FIELDS: {
  readonly [Type in HostMessage["type"]]: Readonly<Record<string, (value: unknown) => boolean>>;
} = {
  fetch: {
    id: isNumber,
    method: isText,
    path: (value) => typeof value === "string" && value.startsWith("/"),
    headers: (value) =>
      Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.every(isText)),
    body: (value) => value === null || typeof value === "string",
  },
  pull: { id: isNumber },
  cancel: { id: isNumber },
  call: { id: isNumber, name: isText, arguments: Array.isArray },
  abort: { id: isNumber },
  start: {},
  rest: {},
  theme: { theme: isText },
};

function isMessage(data: unknown): data is HostMessage {
  if (typeof data !== "object" || data === null || !("type" in data) || typeof data.type !== "string") {
    return false;
  }
  const record = data as unknown as Readonly<Record<string, unknown>>;
  return (
    Object.hasOwn(FIELDS, data.type) &&
    Object.entries(FIELDS[data.type as HostMessage["type"]]).every(([name, holds]) => holds(record[name]))
  );
}
