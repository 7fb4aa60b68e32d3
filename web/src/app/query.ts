import { LANGUAGES, type Language } from "../language/language.ts";
import { UNLIMITED_RATE } from "../protocol/clock.ts";
import type { BootOptions } from "../protocol/messages.ts";
import { DEFAULT_CLUSTER, foreignCluster, isClusterName, lessonCluster } from "../storage/names.ts";
import { isTheme, type Theme } from "./frame/theme.ts";

/** The options in the page's address, `?cluster=…&rate=…`. */
export interface Query {
  readonly boot: BootOptions;
  /** Does the address ask for a rate, or is it the default one? */
  readonly rateGiven: boolean;
  /** Does the address ask for a seed, or is it a new one? */
  readonly seedGiven: boolean;
  readonly lesson: LessonQuery;
  readonly language: Language | undefined;
  readonly theme: Theme | undefined;
}

/** What an address says about lessons. */
export interface LessonQuery {
  /** The lesson of the site to open. */
  readonly id: string | undefined;
  /** The address of the archive of another lesson to open. */
  readonly source: string | undefined;
  /** Whether hints, and solutions, can be seen. */
  readonly shows: { readonly hints: boolean; readonly solutions: boolean };
  /** Whether the page is served to a class, which may be told how far its learner is. */
  readonly inClass: boolean;
}

const DEFAULT_NODES = 3;
const MOST_NODES = 100;

/**
 * Reads the query. An invalid value is replaced by the default: an address cannot
 * show error messages.
 *
 *   cluster   name of the cluster, its storage and its editor text
 *   seed      randomness: a whole number; without it, a new one for a new cluster
 *   start     cluster time at the first start, ISO 8601
 *   rate      0.1 to 100, or `unlimited`
 *   storage   `memory`: keep nothing
 *   kubelet   `instant`: pods are ready at once
 *   nodes     how many simulated nodes
 *   machines  the nodes one by one instead: a list of LessonMachine as JSON
 *   lesson    id of the lesson to open; without `cluster` it has one of its own
 *   src       address of a lesson's zip archive on this origin; without `cluster` it has one of its own
 *   hints     `0`: a lesson's hints are not shown
 *   solutions `0`: a lesson's solutions are not played
 *   class     `1`: the page is served to a class (engine/classroom)
 *   lang      `en` or `zh`
 *   theme     `light`, `dark` or `auto`
 */
export function readQuery(search: string, randomSeed: () => number): Query {
  const query = new URLSearchParams(search);
  const language = query.get("lang") ?? "";
  const theme = query.get("theme") ?? "";
  return {
    boot: {
      cluster: clusterName(query.get("cluster"), query.get("lesson"), query.get("src")),
      seed: wholeNumber(query.get("seed"), 0, Number.MAX_SAFE_INTEGER) ?? randomSeed(),
      startTime: time(query.get("start")),
      rate: rate(query.get("rate")),
      paused: false,
      storage: query.get("storage") === "memory" ? "memory" : "indexeddb",
      instantKubelet: query.get("kubelet") === "instant",
      nodes: wholeNumber(query.get("nodes"), 0, MOST_NODES) ?? DEFAULT_NODES,
      machines: machines(query.get("machines")),
    },
    rateGiven: query.has("rate"),
    seedGiven: query.has("seed"),
    lesson: {
      id: query.get("lesson") ?? undefined,
      source: query.get("src") ?? undefined,
      shows: { hints: query.get("hints") !== "0", solutions: query.get("solutions") !== "0" },
      inClass: query.get("class") === "1",
    },
    language: LANGUAGES.find((known) => known === language.toLowerCase().split("-")[0]),
    theme: isTheme(theme) ? theme : undefined,
  };
}

function clusterName(text: string | null, lesson: string | null, source: string | null): string {
  const names = [
    text,
    lesson === null ? null : lessonCluster(lesson),
    source === null ? null : foreignCluster("address", source),
  ];
  return names.find((name) => name !== null && isClusterName(name)) ?? DEFAULT_CLUSTER;
}

function wholeNumber(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^\d+$/.test(text)) {
    return undefined;
  }
  const number = Number(text);
  return number >= least && number <= most ? number : undefined;
}

/** The engine reads the fields; what it cannot read ends the start with a message. */
function machines(text: string | null): string {
  try {
    const list: unknown = JSON.parse(text ?? "");
    return Array.isArray(list) && list.length > 0 && list.length <= MOST_NODES ? JSON.stringify(list) : "";
  } catch {
    return "";
  }
}

function time(text: string | null): number | null {
  const milliseconds = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

function rate(text: string | null): number {
  if (text === "unlimited") {
    return UNLIMITED_RATE;
  }
  const number = text === null || text === "" ? Number.NaN : Number(text);
  return number >= 0.1 && number <= 100 ? number : 1;
}
