import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecord } from "../lessons/record.ts";
import { bootOf, wantedLesson } from "./lessonstart.ts";
import { readQuery } from "./query.ts";

const START = { time: "2026-12-07T09:00:00Z", seed: 5, nodes: [{ name: "big", cpu: "8" }] };

test("a lesson's start makes the cluster, and the usual moment is none of its options", () => {
  const query = readQuery("?lesson=undo", () => 42);
  assert.deepEqual(bootOf(query, START), {
    ...query.boot,
    seed: 5,
    machines: '[{"name":"big","cpu":"8"}]',
  });
  assert.equal(bootOf(query, { time: "2026-01-05T12:00:00Z" }).startTime, Date.UTC(2026, 0, 5, 12));
  assert.deepEqual(bootOf(query, undefined), query.boot);
});

test("what the address says comes first", () => {
  const query = readQuery("?lesson=undo&seed=7&start=2026-03-01T00:00:00Z&machines=[{}]", () => 42);
  assert.deepEqual(bootOf(query, START), query.boot);
});

test("a page is for the lesson of its address, else for that of its cluster", () => {
  const base = new URL("https://site.example/");
  const foreign = { id: "mine", files: { "lesson.yaml": "" } };
  const wanted = (search: string, kept = {}) =>
    wantedLesson(
      readQuery(search, () => 42),
      kept,
      base,
    );
  assert.deepEqual(wanted("?lesson=undo&src=a.zip"), { kind: "site", id: "undo" });
  assert.deepEqual(wanted("?src=a.zip", { foreign }), { kind: "address", address: "a.zip", base });
  assert.deepEqual(wanted("", { foreign, lesson: newRecord(foreign) }), { kind: "files", lesson: foreign });
  assert.deepEqual(wanted("", { lesson: newRecord({ id: "undo" }) }), { kind: "site", id: "undo" });
  assert.equal(wanted("", { lesson: newRecord({ id: "undo", foreign: true }) }), undefined);
  assert.equal(wanted(""), undefined);
});
