import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, lines, median } from "./figures.mjs";

test("the median of an even number of values is between the two in the middle", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 10, 2, 4]), 3);
});

test("builds are compared leaf by leaf, by the medians before they are rounded", () => {
  const compared = compare({
    this: [{ boot: { cold: 900.4 } }, { boot: { cold: 700 } }, { boot: { cold: 1000 } }],
    base: [{ boot: { cold: 4000 } }, { boot: { cold: 5000 } }, { boot: { cold: 3000 } }],
  });
  assert.deepEqual(compared, {
    boot: {
      cold: {
        this: { median: 900, range: [700, 1000], runs: [900, 700, 1000] },
        base: { median: 4000, range: [3000, 5000], runs: [4000, 5000, 3000] },
        ratio: { base: 0.225 },
      },
    },
  });
  assert.deepEqual(
    [...lines(compared)],
    ["boot.cold: this 900 (700 to 1000), base 4000 (3000 to 5000), 0.225 × base"],
  );
});

test("what one build does not tell is printed of the other alone", () => {
  assert.deepEqual(compare({ this: [{ linear: 1.234 }], base: [{ linear: undefined, heap: 2 }] }), {
    linear: { this: { median: 1.23, range: [1.23, 1.23], runs: [1.23] } },
    heap: { base: { median: 2, range: [2, 2], runs: [2] } },
  });
});

test("a run that failed leaves the others", () => {
  assert.deepEqual(compare({ this: [{ ready: 3 }, { ready: Number.NaN }, { ready: 5 }] }), {
    ready: { this: { median: 4, range: [3, 5], runs: [3, 5] } },
  });
});
