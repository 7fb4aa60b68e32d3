import assert from "node:assert/strict";
import { test } from "node:test";
import { type Facts, stateOf } from "./state.ts";

const facts = (more: Partial<Facts> = {}): Facts => ({ own: "a1", whole: [], inLesson: false, ...more });

test("a site that is not kept can be, is on the way, and then is kept", () => {
  assert.deepEqual(stateOf(facts()), { state: "offered" });
  assert.deepEqual(stateOf(facts({ share: 0.999 })), { state: "keeping", percent: 99 });
  const failure = { reason: "room", message: "full" } as const;
  assert.deepEqual(stateOf(facts({ failure })), { state: "failed", ...failure });
  assert.deepEqual(stateOf(facts({ failure, share: 0 })), { state: "keeping", percent: 0 });
  assert.deepEqual(stateOf(facts({ whole: ["a1"], newest: "a1" })), { state: "kept" });
});

test("while a new version is on the way the page is what it was", () => {
  assert.deepEqual(stateOf(facts({ whole: ["a1"], share: 0.5 })), { state: "kept" });
});

test("a new version is offered, but not in the middle of a lesson, here or in another tab", () => {
  const newer = facts({ whole: ["a1", "b2"], newest: "b2" });
  assert.deepEqual(stateOf(newer), { state: "newer", isKept: true });
  assert.deepEqual(stateOf({ ...newer, whole: ["b2"] }), { state: "newer", isKept: false });
  assert.deepEqual(stateOf({ ...newer, inLesson: true }), { state: "later", elsewhere: false });
  assert.deepEqual(stateOf({ ...newer, lessonElsewhere: true }), { state: "later", elsewhere: true });
  assert.deepEqual(stateOf({ ...newer, inLesson: true, lessonElsewhere: true }), {
    state: "later",
    elsewhere: false,
  });
});
