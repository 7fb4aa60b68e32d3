/**
 * The messages between a page that embeds a playground (`embed/`) and the frame in
 * which it runs (`playground/`). The two are of different builds of the site when a
 * page has an address of embed.js with a version in it: a member may be added here,
 * none may change its meaning.
 *
 * The handshake is by `postMessage` between the windows: the frame says that it is
 * there, the page answers once, with a port. Everything else goes through that port.
 */
import type { ExchangeAnswer, ExchangeRequest } from "./exchange.ts";
import type { LessonEvents } from "./lesson.ts";
import type { Version } from "./messages.ts";

/** The attributes of the element and the parameters of the frame's address. */
export const PARAMETERS = [
  "lesson",
  "src",
  "yaml",
  "state",
  "start",
  "theme",
  "lang",
  "panes",
  "height",
  "readonly",
  "rate",
  "seed",
  "hide-hints",
] as const;

export type Parameter = (typeof PARAMETERS)[number];

/** Attributes of the element alone. */
export const ELEMENT_ATTRIBUTES = ["site", "sandbox", "alongside"] as const;

export const PANES = ["diagram", "timeline", "editor", "terminal", "lesson", "events"] as const;

export type Pane = (typeof PANES)[number];

/** Characters of YAML that a playground starts from. */
export const LONGEST_YAML = 256 * 1024;

/** Characters of a state: as many as a link may have. */
export const LONGEST_STATE = 64_000;

/** In the frame's address: the origin of the page that may connect, which the element adds. */
export const HOST_PARAMETER = "host";

/** Frame to page, to any origin: it says nothing but that the frame listens. */
export interface Here {
  readonly tabernetes: "here";
}

/** Page to frame, with a MessagePort, once. */
export interface Connect {
  readonly tabernetes: "connect";
}

/** What the page asks through the port. */
export type HostMessage =
  | ExchangeRequest<string | null>
  /** Call a function of the frame's interface, such as `apply` or `clock.skip`. Answered by `reply` or `failed`. */
  | {
      readonly type: "call";
      readonly id: number;
      readonly name: string;
      readonly arguments: readonly unknown[];
    }
  /** The caller has aborted it. */
  | { readonly type: "abort"; readonly id: number }
  /** Start, or go on after `rest`. */
  | { readonly type: "start" }
  /** Keep the state and let the processor and the memory go. */
  | { readonly type: "rest" }
  /** The page's own colours have changed. */
  | { readonly type: "theme"; readonly theme: string };

/** What a rejected call says besides its message. */
export interface CallFailure {
  readonly type: "failed";
  readonly id: number;
  readonly message: string;
  /** The name of the Error. */
  readonly name?: string;
  /** Of an ApplyRejection. */
  readonly results?: readonly unknown[];
}

/** What the frame says through the port. */
export type FrameMessage =
  | Exclude<ExchangeAnswer, { readonly type: "failed" }>
  | { readonly type: "reply"; readonly id: number; readonly value: unknown }
  | CallFailure
  /** It runs from now on, because its reader or its page wanted it. */
  | { readonly type: "runs" }
  | { readonly type: "event"; readonly name: PlaygroundEvent; readonly detail: unknown };

/** The events of the element, with their details. */
export interface PlaygroundEvents extends LessonEvents {
  ready: { readonly version: Version; readonly bootMilliseconds: number };
  /** A change of what the diagram shows: a Frame of protocol/topology.ts. */
  change: unknown;
  error: { readonly message: string };
  /** Pixels that the content would take. */
  resize: { readonly height: number };
}

export type PlaygroundEvent = keyof PlaygroundEvents;
