import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "./finding.ts";

test("the engine knows a folder by a name that a lesson of the site could have", () => {
  const names = {
    undo: "undo",
    "My Lesson_2": "my-lesson-2",
    "2. Woche!": "woche",
    课程: "lesson",
    "": "lesson",
  };
  for (const [folder, name] of Object.entries(names)) {
    assert.equal(nameOf(folder), name);
  }
});
