/** What is made of the numbers of several runs. */

/** Whole numbers from a hundred on, else two decimals: below that a measurement is noise. */
function round(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}

/** The median of an even number of values is the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function summary(values) {
  return {
    median: round(median(values)),
    range: [round(Math.min(...values)), round(Math.max(...values))],
    runs: values.map(round),
  };
}

/**
 * The results of runs, which are numbers in objects of one shape, as an object of that
 * shape whose leaves have each build's median, range and runs, and the ratio of the
 * first build's median to each other one's. A number that a run does not have is left out.
 *
 *   compare({ this: [{ boot: { cold: 900 } }, …], base: [{ boot: { cold: 4000 } }, …] })
 *   { boot: { cold: { this: { median: 900, … }, base: { median: 4000, … }, ratio: { base: 0.225 } } } }
 */
export function compare(results) {
  const [first, ...others] = Object.keys(results);
  const all = Object.values(results).flat();
  const keys = new Set(all.flatMap((result) => (isNode(result) ? Object.keys(result) : [])));
  if (keys.size > 0) {
    const at = (key) =>
      Object.fromEntries(
        Object.entries(results).map(([build, runs]) => [build, runs.map((result) => result?.[key])]),
      );
    return Object.fromEntries([...keys].map((key) => [key, compare(at(key))]));
  }
  const leaf = {};
  for (const [build, runs] of Object.entries(results)) {
    const values = runs.filter((value) => Number.isFinite(value));
    if (values.length > 0) {
      leaf[build] = summary(values);
    }
  }
  for (const other of others) {
    if (leaf[first] !== undefined && leaf[other] !== undefined) {
      leaf.ratio ??= {};
      leaf.ratio[other] = ratio(results[first], results[other]);
    }
  }
  return leaf;
}

function isNode(value) {
  return typeof value === "object" && value !== null;
}

/** Of the medians as they are, not of the rounded ones; three digits. */
function ratio(values, others) {
  const [one, other] = [values, others].map((runs) => median(runs.filter((value) => Number.isFinite(value))));
  return other === 0 ? null : Number((one / other).toPrecision(3));
}

/** The leaves of what `compare` returns, a line each, for who looks on. */
export function* lines(compared, path = "") {
  const medians = Object.entries(compared).filter(([, value]) => typeof value?.median === "number");
  if (medians.length > 0) {
    const texts = medians.map(
      ([build, { median, range, runs }]) =>
        `${build} ${median}${runs.length > 1 ? ` (${range.join(" to ")})` : ""}`,
    );
    const ratios = Object.entries(compared.ratio ?? {}).map(([other, value]) => `${value} × ${other}`);
    yield `${path}: ${[...texts, ...ratios].join(", ")}`;
    return;
  }
  for (const [key, value] of Object.entries(compared)) {
    if (isNode(value)) {
      yield* lines(value, path === "" ? key : `${path}.${key}`);
    }
  }
}
