import assert from "node:assert/strict";
import { test } from "node:test";
import { type LessonRecord, newRecord } from "../lessons/record.ts";
import type { LessonStep } from "../protocol/lesson.ts";
import { isComplete, MOST_SUSPENDED, resume, scoreOf, suspend } from "./standing.ts";

const STEPS: readonly LessonStep[] = [
  { id: "scale", checks: [{ id: "three" }] },
  { id: "undo", checks: [{ id: "first" }], questions: [{ id: "sets", kind: "number", answer: ["3"] }] },
];

const record = (changes: Partial<LessonRecord>): LessonRecord => ({
  ...newRecord({ id: "undo" }),
  begun: true,
  ...changes,
});

test("each step and each prediction that came true is a point", () => {
  const score = (changes: Partial<LessonRecord>) => scoreOf({ steps: STEPS, record: record(changes) });
  assert.equal(score({}), 0);
  assert.equal(score({ passed: ["scale"] }), 33);
  assert.equal(score({ passed: ["scale", "undo"] }), 67);
  const guessed = { passed: ["scale", "undo"], guesses: { "undo/sets": ["3"] } };
  // Nobody knows yet what came of it.
  assert.equal(score(guessed), 67);
  assert.equal(score({ ...guessed, answers: { "undo/sets": ["3"] } }), 100);
  assert.equal(score({ ...guessed, answers: { "undo/sets": ["4"] } }), 67);
  assert.equal(scoreOf({ steps: [], record: record({}) }), 0);
});

test("a lesson is complete when every step was passed, whatever was predicted", () => {
  assert.equal(isComplete({ steps: STEPS, record: record({ passed: ["scale"] }) }), false);
  assert.equal(isComplete({ steps: STEPS, record: record({ passed: ["undo", "scale"] }) }), true);
  assert.equal(isComplete({ steps: [], record: record({}) }), false);
});

test("what is suspended comes back, in ASCII", () => {
  const kept = record({
    variant: "quota",
    passed: ["scale"],
    guesses: { "undo/sets": ["三"] },
    answers: { "undo/sets": ["3"] },
    hints: { scale: 2 },
  });
  const text = suspend(kept);
  assert.match(text, /^[\x20-\x7e]*$/);
  assert.deepEqual(resume(text), { ...kept, begun: false });
});

test("of what is too long the steps are left", () => {
  const guesses = Object.fromEntries(
    Array.from({ length: 400 }, (_, at) => [`scale/${at}`, ["a prediction"]]),
  );
  const text = suspend(record({ passed: ["scale"], guesses }));
  assert.ok(text.length <= MOST_SUSPENDED);
  assert.deepEqual(resume(text)?.passed, ["scale"]);
  assert.deepEqual(resume(text)?.guesses, {});
});

test("what a system gives back is not trusted", () => {
  for (const text of ["", "null", "{", '{"passed":["scale"]}', "[]"]) {
    assert.equal(resume(text), undefined, text);
  }
  assert.deepEqual(resume('{"id":"undo","passed":[1,"scale"],"guesses":7}')?.passed, ["scale"]);
});
