import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeProgress, NoProgress, noteLesson, passedOf, readProgress, writeProgress } from "./progress.ts";

const PROGRESS = { undo: { passed: ["one", "two"], made: 2, right: 1 } };

test("progress is read as it was written", () => {
  assert.deepEqual(readProgress(writeProgress(PROGRESS)), PROGRESS);
});

test("another file is refused, and what is not valid in one is left out", () => {
  for (const text of ["", "{}", "[]", '{"format": "tabernetes progress", "version": 2}']) {
    assert.throws(() => readProgress(text), NoProgress);
  }
  const lessons = { undo: { passed: ["one", 2], made: 3, right: 8 }, quarter: null };
  assert.deepEqual(readProgress(JSON.stringify({ format: "tabernetes progress", version: 1, lessons })), {
    undo: { passed: ["one"], made: 3, right: 3 },
    quarter: { passed: [], made: 0, right: 0 },
  });
});

test("what was passed in either of two stays passed", () => {
  const other = {
    undo: { passed: ["three"], made: 3, right: 3 },
    quarter: { passed: ["a"], made: 0, right: 0 },
  };
  const merged = mergeProgress(PROGRESS, other);
  assert.deepEqual(merged, {
    undo: { passed: ["one", "two", "three"], made: 3, right: 3 },
    quarter: other.quarter,
  });
  assert.equal(passedOf(merged, { id: "undo", steps: ["one", "three", "four"] }), 2);
});

test("a lesson that is begun again takes nothing away", () => {
  const now = { passed: [], made: 0, right: 0 };
  assert.deepEqual(noteLesson(PROGRESS, "undo", now), {
    undo: { passed: ["one", "two"], made: 0, right: 0 },
  });
});
