/**
 * What a lesson reports while it is worked on, for those who embed the page or script
 * it. The lessons panel emits it; nothing in the page depends on it.
 */
export interface LessonEvents {
  /** The learner has come to a step; `number` counts from 1. */
  step: { readonly lesson: string; readonly step: string; readonly number: number; readonly steps: number };
  /** The check of a step has another result; `missing` says which part is not there yet, "" when it passed. */
  check: {
    readonly lesson: string;
    readonly step: string;
    readonly passed: boolean;
    readonly missing: string;
  };
  /** Every step has passed. */
  complete: { readonly lesson: string };
}
