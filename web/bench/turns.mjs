/** Measures builds by turns, so that what else the machine does meets all of them alike. */
import { compare, lines } from "./figures.mjs";

/**
 * Runs a measure (measures.mjs) `runs` times on each subject, first, second, first,
 * second, and compares the results. A run that fails is told and left out.
 *
 * A subject has `name`, `dist`, `url`, `browser` and what else the measure asks for.
 */
export async function byTurns(measure, subjects, runs, log) {
  const results = Object.fromEntries(subjects.map(({ name }) => [name, []]));
  const failures = [];
  const prepared = new Map();
  const attempt = async (subject, act) => {
    try {
      await act();
    } catch (error) {
      log(`${subject.name} failed: ${error.stack}`);
      failures.push(`${subject.name}: ${error.message}`);
    }
  };
  for (const subject of subjects) {
    await attempt(subject, async () => prepared.set(subject, await measure.prepare?.({ ...subject, log })));
  }
  for (let run = 0; run < (measure.once === true ? 1 : runs); run++) {
    for (const subject of subjects.filter((one) => prepared.has(one))) {
      await attempt(subject, async () => {
        const result = await measure.run({ ...subject, log }, prepared.get(subject));
        results[subject.name].push(result);
        for (const line of lines(compare({ [subject.name]: [result] }))) {
          log(line);
        }
      });
    }
  }
  for (const [subject, state] of prepared) {
    await attempt(subject, () => measure.finish?.(state));
  }
  return { ...compare(results), ...(failures.length > 0 ? { failures } : {}) };
}
