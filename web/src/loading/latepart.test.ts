import assert from "node:assert/strict";
import { test } from "node:test";
import { LatePart } from "./latepart.ts";
import { Loader } from "./loader.ts";

/** A part that is a list of what was done with it, whose code comes at the attempt of that number. */
function late(comesAt = 1) {
  const troubles: boolean[] = [];
  const counts = { fetched: 0, made: 0 };
  const part = new LatePart<string[]>(new Loader((isTrouble) => troubles.push(isTrouble)), async () => {
    counts.fetched++;
    if (counts.fetched < comesAt) {
      throw new TypeError("Failed to fetch dynamically imported module");
    }
    return () => {
      counts.made++;
      return [];
    };
  });
  const done = () => new Promise<void>((resolve) => part.use(() => resolve()));
  return { part, troubles, counts, done };
}

test("what is asked of a part before it is there is done in order, and it is made once", async () => {
  const { part, counts, done } = late();
  part.use((list) => list.push("one"));
  part.use((list) => {
    list.push("two");
    part.use((again) => again.push("within"));
  });
  void part.prepare();
  assert.equal(part.part, undefined);
  await done();
  assert.deepEqual(part.part, ["one", "two", "within"]);
  let isDone = false;
  part.use(() => {
    isDone = true;
  });
  assert.ok(isDone, "at once when it is there");
  assert.deepEqual(counts, { fetched: 1, made: 1 });
});

test("a part that does not come is asked for again, and the page is told while somebody waits", async () => {
  const { part, troubles, counts, done } = late(3);
  part.use((list) => list.push("kept"));
  await done();
  assert.deepEqual(part.part, ["kept"]);
  assert.deepEqual(troubles, [true, true, false]);
  assert.equal(counts.fetched, 3);
});

test("nobody is told of a part that nobody needs yet, and whoever needs it then gets it", async () => {
  const { part, troubles, counts, done } = late(2);
  await part.prepare();
  assert.equal(part.part, undefined);
  assert.deepEqual(troubles, []);
  await done();
  assert.deepEqual(troubles, []);
  assert.deepEqual(counts, { fetched: 2, made: 1 });
});

test("what matters only to a part that is wanted brings none", async () => {
  const { part, counts, done } = late();
  part.useIfWanted((list) => list.push("never"));
  assert.equal(counts.fetched, 0);
  const finished = done();
  part.useIfWanted((list) => list.push("in order"));
  await finished;
  assert.deepEqual(part.part, ["in order"]);
});
