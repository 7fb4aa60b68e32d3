import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, assign, chordOf, DEFAULT_KEYS, isSingle, readKeys, writeKeys } from "./keys.ts";

const press = (key: string, modifiers = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...modifiers,
});

test("a chord is the key with its modifiers; keys by which one moves are nobody's", () => {
  assert.equal(chordOf(press("p")), "p");
  assert.equal(chordOf(press("?")), "?");
  assert.equal(chordOf(press("K", { ctrlKey: true, altKey: true })), "Ctrl+Alt+k");
  for (const key of ["Shift", "Control", "Tab", "Enter", "Escape", " ", "ArrowUp"]) {
    assert.equal(chordOf(press(key)), undefined, key);
  }
  assert.ok(isSingle("?") && isSingle("é") && !isSingle("Ctrl+k") && !isSingle("F8"));
});

test("a key is of one action; another is told who has it", () => {
  const changed = assign(DEFAULT_KEYS, "pause", "k");
  assert.ok("keys" in changed);
  assert.equal(actionOf(changed.keys, "k"), "pause");
  assert.equal(actionOf(changed.keys, "p"), undefined);
  assert.deepEqual(assign(DEFAULT_KEYS, "step", "p"), { taken: "pause" });
  assert.ok("keys" in assign(DEFAULT_KEYS, "pause", "p"));
});

test("only what differs is stored; what makes no sense is as at first", () => {
  assert.equal(writeKeys(DEFAULT_KEYS), undefined);
  const changed = assign(DEFAULT_KEYS, "help", "F1");
  assert.ok("keys" in changed);
  assert.equal(writeKeys(changed.keys), '{"help":"F1"}');
  assert.deepEqual(readKeys('{"help":"F1"}'), changed.keys);
  for (const stored of [undefined, "", "7", "{", '{"help":7}', '{"nothing":"x"}', '{"help":"p"}']) {
    assert.deepEqual(readKeys(stored), DEFAULT_KEYS, stored);
  }
});
