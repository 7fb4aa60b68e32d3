import { loadPlan } from "../lessons/catalogue.ts";
import type { Wanted } from "../lessons/wanted.ts";
import { CALENDAR_START } from "../protocol/clock.ts";
import type { LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { PageState } from "../storage/pagestate.ts";
import type { Query } from "./query.ts";

/** The lesson that a page is for: that of its address, else that of its cluster. */
export function wantedLesson({ lesson }: Query, kept: PageState, base: URL): Wanted | undefined {
  const { id, source } = lesson;
  if (id !== undefined) {
    return { kind: "site", id };
  }
  if (source !== undefined) {
    return { kind: "address", address: source, base };
  }
  if (kept.foreign !== undefined) {
    return { kind: "files", lesson: kept.foreign };
  }
  return kept.lesson === undefined || kept.lesson.foreign === true
    ? undefined
    : { kind: "site", id: kept.lesson.id };
}

/**
 * The cluster that a lesson begins with; undefined when there is no such lesson, which
 * its panel tells, and for one from outside, which only the engine can read.
 */
export async function loadStart(lesson: Wanted | undefined): Promise<LessonStart | undefined> {
  if (lesson?.kind !== "site") {
    return undefined;
  }
  try {
    return (await loadPlan(lesson.id)).start;
  } catch {
    return undefined;
  }
}

/** The options of the address, with those of a lesson's start where the address has none. */
export function bootOf({ boot, seedGiven }: Query, start: LessonStart | undefined): BootOptions {
  if (start === undefined) {
    return boot;
  }
  const time = Date.parse(start.time);
  return {
    ...boot,
    seed: seedGiven ? boot.seed : (start.seed ?? boot.seed),
    // The usual moment is no option: only a cluster without one starts from an image that is ready.
    startTime: boot.startTime ?? (time === CALENDAR_START ? null : time),
    machines: boot.machines === "" && start.nodes !== undefined ? JSON.stringify(start.nodes) : boot.machines,
  };
}
