import assert from "node:assert/strict";
import { test } from "node:test";
import { folderOf } from "./catalogue.ts";

const CAPSTONE = { id: "capstone", variants: ["quota", "tag", "key"] };

test("each seed has its variant, the same for a whole class", () => {
  assert.deepEqual(
    [0, 1, 2, 3, Number.MAX_SAFE_INTEGER].map((seed) => folderOf(CAPSTONE, seed)),
    ["capstone/quota", "capstone/tag", "capstone/key", "capstone/quota", "capstone/tag"],
  );
});

test("a learner keeps the variant that was given, unless the lesson has it no more", () => {
  assert.equal(folderOf(CAPSTONE, 0, "key"), "capstone/key");
  assert.equal(folderOf(CAPSTONE, 1, "gone"), "capstone/tag");
});

test("a lesson without variants has one folder", () => {
  assert.equal(folderOf({ id: "undo" }, 5), "undo");
  assert.equal(folderOf({ id: "undo" }, 5, "quota"), "undo");
});
