/**
 * What the pages of the guide tell of this code, written as JSON by web/guide.mjs. What
 * the pages explain and what there is are compared when they are built.
 */
import { ELEMENT_ATTRIBUTES, PARAMETERS, type PlaygroundEvent } from "../protocol/embedding.ts";
import { type Choices, snippet, TARGETS, type Target, USUAL_HEIGHT } from "../sharing/snippets.ts";

/** Stands for the address of the site, which no file of a static site knows; the page's script puts it in. */
export const SITE = "https://site.example/";

const EVENTS: Readonly<Record<PlaygroundEvent, true>> = {
  ready: true,
  change: true,
  step: true,
  check: true,
  complete: true,
  error: true,
  resize: true,
};

/** What the snippets are about, as the Share panel would have it. */
const CHOICES: Choices = {
  content: { kind: "lesson", lesson: "rolling-update" },
  title: "A rolling update, watched from inside",
  height: USUAL_HEIGHT + 80,
};

const snippets = Object.fromEntries(
  TARGETS.map((target) => [target, snippet(target, CHOICES, new URL(SITE))]),
) as Record<Target, string>;

export const facts = {
  attributes: [...PARAMETERS, ...ELEMENT_ATTRIBUTES],
  events: Object.keys(EVENTS),
  snippets,
};
