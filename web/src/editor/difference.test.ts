import assert from "node:assert/strict";
import { test } from "node:test";
import { difference } from "./difference.ts";

test("a difference makes one text the other, and is no longer than it must be", () => {
  for (const [before, after, insert] of [
    ["replicas: 1", "replicas: 3", "3"],
    ["a", "a", ""],
    ["", "typed", "typed"],
    ["gone", "", ""],
    ["aa", "aaa", "a"],
    ["aba", "a", ""],
    ["image: nginx:v1\n", "image: nginx:v2-alpine\n", "2-alpine"],
  ] as const) {
    const change = difference(before, after);
    assert.equal(before.slice(0, change.from) + change.insert + before.slice(change.to), after);
    assert.equal(change.insert, insert);
  }
});
