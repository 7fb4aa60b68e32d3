import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecord } from "../lessons/record.ts";
import { LaunchError, readLaunch, Statements } from "./xapi.ts";

const ACTOR = JSON.stringify({ mbox: "mailto:learner@school.example" });

function address(query: Readonly<Record<string, string>>): URL {
  return new URL(
    `https://school.example/package/index.html?${new URLSearchParams({ lesson: "undo", ...query })}`,
  );
}

test("an address without an endpoint launches nothing", () => {
  assert.equal(readLaunch(address({ actor: ACTOR }), []), undefined);
});

test("the package's own origin may have the store, and those that it allows", () => {
  assert.deepEqual(readLaunch(address({ endpoint: "/store", actor: ACTOR, auth: "Basic YQ==" }), []), {
    endpoint: "https://school.example/store/",
    auth: "Basic YQ==",
    actor: JSON.parse(ACTOR),
    registration: undefined,
    activity: "https://school.example/package/index.html?lesson=undo",
  });
  const elsewhere = address({ endpoint: "https://store.example/xapi/", actor: ACTOR });
  assert.equal(readLaunch(elsewhere, ["https://store.example"])?.endpoint, "https://store.example/xapi/");
  for (const allowed of [[], ["https://store.example:8443"], ["http://store.example"]]) {
    assert.throws(() => readLaunch(elsewhere, allowed), LaunchError);
  }
  assert.throws(
    () => readLaunch(address({ endpoint: "javascript:alert(1)", actor: ACTOR }), []),
    LaunchError,
  );
});

test("a launch names who learns", () => {
  for (const actor of ["", "null", "{", "7"]) {
    assert.throws(() => readLaunch(address({ endpoint: "/store", actor }), []), LaunchError);
  }
});

test("statements that a store does not take go with the next ones, each once", async () => {
  const sent: { verb: { id: string } }[][] = [];
  const launch = readLaunch(address({ endpoint: "/store", actor: ACTOR }), []);
  assert.ok(launch !== undefined);
  let id = 0;
  const answers = [503, 200, 200];
  const statements = new Statements(launch, {
    fetch: async (_, { body }) => {
      sent.push(JSON.parse(String(body)));
      return new Response(null, { status: answers[sent.length - 1] ?? 500 });
    },
    now: () => new Date(0),
    id: () => String(++id),
  });
  const standing = {
    record: { ...newRecord({ id: "undo" }), step: "scale" },
    steps: [{ id: "scale", checks: [{ id: "three" }] }],
    title: "Undo",
    language: "en",
  };
  statements.note(standing, false);
  await statements.flush();
  statements.note(standing, false);
  await statements.flush();
  statements.note({ ...standing, record: { ...standing.record, passed: ["scale"] } }, false);
  await statements.flush();
  const verbs = sent.map((list) => list.map(({ verb }) => verb.id.split("/").at(-1)));
  assert.deepEqual(verbs, [
    ["initialized", "experienced"],
    ["initialized", "experienced", "passed", "completed"],
  ]);
});
