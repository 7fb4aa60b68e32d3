/**
 * A page in a package for a school's system (web/packages.mjs): how far the learner is
 * goes to the system, by SCORM or by the Experience API, and a lesson goes on from what
 * the system has kept. Only such a package loads this.
 */
import type { RecordKeeper, Standing } from "../lessons/host.ts";
import type { LessonRecord } from "../lessons/record.ts";
import { Scorm } from "./scorm.ts";
import { isComplete, resume, scoreOf, suspend } from "./standing.ts";
import { readLaunch, Statements } from "./xapi.ts";

export interface School extends RecordKeeper {
  /** The system keeps the lesson: nothing of it is stored in the browser, which others may use. */
  readonly keepsLesson: boolean;
  /** Why nothing can be told; the page says so. */
  readonly trouble: Error | undefined;
}

/** Finds the system that has opened this page. */
export function openSchool(window: Window): School {
  const keeper = new Keeper();
  try {
    const scorm = Scorm.open(window, () => performance.now());
    // An empty attribute allows none.
    const allowed = (document.documentElement.dataset.recordStores ?? "").split(" ").filter(Boolean);
    const launch = readLaunch(new URL(window.location.href), allowed);
    keeper.use(
      scorm,
      launch === undefined
        ? undefined
        : new Statements(launch, {
            fetch: (url, init) => fetch(url, init),
            now: () => new Date(),
            id: uuid,
          }),
    );
    window.addEventListener("pagehide", () => keeper.close());
  } catch (error) {
    keeper.trouble = error instanceof Error ? error : new Error(String(error));
  }
  return keeper;
}

/** A random UUID (RFC 9562, version 4); browsers make one only where a page is secure. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

class Keeper implements School {
  trouble: Error | undefined;
  #scorm: Scorm | undefined;
  #statements: Statements | undefined;
  #kept: LessonRecord | undefined;
  #isRecorded = false;

  use(scorm: Scorm | undefined, statements: Statements | undefined): void {
    this.#scorm = scorm;
    this.#statements = statements;
    this.#kept = scorm === undefined ? undefined : resume(scorm.suspended);
    this.#isRecorded = scorm?.isRecorded ?? false;
  }

  get keepsLesson(): boolean {
    return this.#scorm !== undefined;
  }

  kept(lesson: string): LessonRecord | undefined {
    return this.#kept?.id === lesson ? this.#kept : undefined;
  }

  note(standing: Standing, resumed: boolean): void {
    this.#statements?.note(standing, resumed);
    if (this.#isRecorded) {
      this.#scorm?.report({
        isComplete: isComplete(standing),
        score: scoreOf(standing),
        location: standing.record.step ?? "",
        suspended: suspend(standing.record),
      });
    }
  }

  close(): void {
    this.#scorm?.close();
  }
}
