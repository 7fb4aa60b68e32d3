import assert from "node:assert/strict";
import { test } from "node:test";
import { type LessonRecord, newRecord, readRecord, score, withoutSteps } from "./record.ts";

const RECORD: LessonRecord = {
  id: "undo",
  begun: true,
  step: "two",
  kept: { began: "2026-12-07T09:00:10Z" },
  passed: ["one"],
  moments: { one: 10, two: 25 },
  guesses: { "one/most": ["4"], "two/which": ["first"] },
  answers: { "one/most": ["3"] },
  hints: { one: 2, two: 1 },
  found: { one: [{ id: "image", state: "met", sentence: "met", values: { image: "web:v2" } }] },
};

test("a record is read as it was written", () => {
  assert.deepEqual(readRecord(JSON.parse(JSON.stringify(RECORD))), RECORD);
});

test("a record keeps the variant of the lesson, also when a step begins again", () => {
  const record = { ...newRecord({ id: "capstone" }, "quota"), begun: true };
  assert.equal(readRecord(JSON.parse(JSON.stringify(record)))?.variant, "quota");
  assert.equal(withoutSteps(record, ["repair"]).variant, "quota");
});

test("what is no record is left out, part by part", () => {
  assert.equal(readRecord({ begun: true }), undefined);
  assert.deepEqual(
    readRecord({
      id: "undo",
      begun: "yes",
      step: 2,
      kept: "once",
      passed: ["one", 2],
      moments: { one: -1, two: 7 },
      guesses: [],
      answers: { "one/most": "3" },
      found: { one: [{ id: "image", state: "lost", sentence: "met" }] },
    }),
    {
      ...newRecord({ id: "undo" }),
      passed: ["one"],
      moments: { two: 7 },
      answers: { "one/most": [] },
      found: { one: [] },
    },
  );
});

test("a step that begins again forgets what happened in it and after it, and nothing else", () => {
  assert.deepEqual(withoutSteps(RECORD, ["two"]), {
    ...newRecord({ id: "undo" }),
    begun: true,
    passed: ["one"],
    moments: { one: 10 },
    guesses: { "one/most": ["4"] },
    answers: RECORD.answers,
    hints: { one: 2 },
    found: RECORD.found,
  });
  assert.deepEqual(withoutSteps(RECORD, ["one", "two"]), { ...newRecord({ id: "undo" }), begun: true });
  assert.equal(withoutSteps(RECORD, ["one"]).step, "two");
});

test("predictions count once their answers are known", () => {
  assert.deepEqual(score(RECORD), { made: 1, right: 0 });
  assert.deepEqual(score({ ...RECORD, answers: { "one/most": ["4"], "two/which": ["third"] } }), {
    made: 2,
    right: 1,
  });
});
