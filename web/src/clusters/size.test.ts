import assert from "node:assert/strict";
import { test } from "node:test";
import { size } from "./size.ts";

test("sizes are told in the unit that fits", () => {
  assert.deepEqual([0, 999, 1000, 12_345, 3_240_000, 2_100_000_000].map(size), [
    "0 B",
    "999 B",
    "1.0 kB",
    "12 kB",
    "3.2 MB",
    "2.1 GB",
  ]);
});
