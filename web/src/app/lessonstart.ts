import { loadPlan } from "../lessons/catalogue.ts";
import { CALENDAR_START } from "../protocol/clock.ts";
import type { LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { Query } from "./query.ts";

/** The cluster that a lesson begins with; undefined when there is no such lesson, which its panel tells. */
export async function loadStart(lesson: string): Promise<LessonStart | undefined> {
  try {
    return (await loadPlan(lesson)).start;
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
