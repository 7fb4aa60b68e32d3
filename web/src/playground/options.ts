import { type Query, readQuery } from "../app/query.ts";
import {
  HOST_PARAMETER,
  LONGEST_STATE,
  LONGEST_YAML,
  PANES,
  PARAMETERS,
  type Pane,
  type Parameter,
} from "../protocol/embedding.ts";

export type Start = "click" | "visible" | "auto";

/** Why a parameter was refused; the frame says it in the reader's language. */
export type Refusal =
  | { readonly kind: "parameter"; readonly name: Parameter; readonly value: string }
  | { readonly kind: "large"; readonly what: Parameter; readonly most: number }
  | { readonly kind: "foreign"; readonly address: string }
  | { readonly kind: "missing"; readonly address: string; readonly reason: string }
  | { readonly kind: "state"; readonly reason: string };

/** What the frame's address asks for. */
export interface PlaygroundOptions {
  /** Options that the frame has in common with the page. */
  readonly query: Query;
  readonly start: Start;
  readonly panes: ReadonlySet<Pane>;
  readonly readOnly: boolean;
  readonly hideHints: boolean;
  /** The frame is as high as its content. */
  readonly autoHeight: boolean;
  /** Address of a file of this site. */
  readonly source: URL | undefined;
  readonly yaml: string | undefined;
  /** A cluster, as in a link to one. */
  readonly state: string | undefined;
  /** The origin that may connect; undefined for nobody. */
  readonly host: string | undefined;
  readonly refused: readonly Refusal[];
}

/** Whether a source is the archive of a lesson; else it is a manifest. */
export function isLesson(source: URL | undefined): boolean {
  return source !== undefined && /\.zip$/i.test(source.pathname);
}

/** The same for everybody, so that a tutorial can name the objects that its reader sees. */
const DEFAULT_SEED = 1;

/** Characters of a refused value that are shown. */
const SHOWN = 80;

/**
 * Reads the parameters (protocol/embedding.ts) from the query and, for those that are
 * long, from the hash, which no server sees. `base` is the frame's address. A value
 * that means nothing is left out, and refused.
 */
export function readOptions(base: URL): PlaygroundOptions {
  const hash = new URLSearchParams(base.hash.slice(1));
  const given = (name: string) => base.searchParams.get(name) ?? hash.get(name) ?? undefined;
  const refused: Refusal[] = [];
  const refuse = (name: Parameter, value: string) => {
    refused.push({ kind: "parameter", name, value: value.slice(0, SHOWN) });
    return undefined;
  };
  const within = (what: Parameter, most: number) => {
    const value = given(what);
    if (value !== undefined && value.length > most) {
      refused.push({ kind: "large", what, most });
      return undefined;
    }
    return value === "" ? undefined : value;
  };
  const search = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = given(name);
    // The page's own `start` is a time.
    if (value !== undefined && name !== "start" && name !== "yaml" && name !== "state") {
      search.set(name, value);
    }
  }
  const query = readQuery(search.toString(), () => DEFAULT_SEED);
  for (const name of ["rate", "seed", "theme", "lang"] as const) {
    const value = search.get(name);
    if (value !== null && value !== "" && !understood(query, name, value)) {
      refuse(name, value);
    }
  }
  const start = given("start") || "click";
  const sourced = given("src");
  const source =
    sourced === undefined ? undefined : sourceOf(sourced, base, (refusal) => refused.push(refusal));
  return {
    query,
    start: isStart(start) ? start : (refuse("start", start) ?? "click"),
    panes: panesOf(given("panes"), query.lesson.id !== undefined || isLesson(source), (value) =>
      refuse("panes", value),
    ),
    readOnly: isSet(given("readonly")),
    hideHints: isSet(given("hide-hints")),
    autoHeight: given("height") === "auto",
    source,
    yaml: within("yaml", LONGEST_YAML),
    state: within("state", LONGEST_STATE),
    host: given(HOST_PARAMETER),
    refused,
  };
}

function understood(
  { boot, theme, language }: Query,
  name: "rate" | "seed" | "theme" | "lang",
  value: string,
) {
  switch (name) {
    case "rate":
      return value === "unlimited" || Number(value) === boot.rate;
    case "seed":
      return Number(value) === boot.seed;
    case "theme":
      return theme !== undefined;
    case "lang":
      return language !== undefined;
  }
}

function isStart(text: string): text is Start {
  return text === "click" || text === "visible" || text === "auto";
}

/** As an attribute of HTML: there, unless it says no. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "false";
}

function panesOf(
  text: string | undefined,
  hasLesson: boolean,
  refuse: (value: string) => void,
): ReadonlySet<Pane> {
  const names = (text ?? "").split(/[\s,]+/).filter((name) => name !== "");
  const known = names.filter((name): name is Pane => (PANES as readonly string[]).includes(name));
  for (const name of names) {
    if (!(known as readonly string[]).includes(name)) {
      refuse(name);
    }
  }
  if (known.length > 0) {
    return new Set(known);
  }
  return new Set(hasLesson ? ["lesson", "diagram", "terminal"] : ["editor", "diagram"]);
}

function sourceOf(text: string, base: URL, refuse: (refusal: Refusal) => void): URL | undefined {
  const address = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (address === undefined || address.origin !== base.origin) {
    refuse({ kind: "foreign", address: text.slice(0, SHOWN) });
    return undefined;
  }
  return address;
}
