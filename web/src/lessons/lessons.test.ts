import assert from "node:assert/strict";
import { test } from "node:test";
import { parseActions } from "./actions.ts";
import { readTable } from "./table.ts";

test("one action or several", () => {
  assert.deepEqual(parseActions('{"action":"apply","file":"a.yaml"}'), [{ action: "apply", file: "a.yaml" }]);
  const several = [
    {
      action: "patch",
      path: "/apis/apps/v1/namespaces/default/deployments/x",
      contentType: "application/strategic-merge-patch+json",
      body: { spec: { paused: true } },
    },
    { action: "show", path: "/api/v1/namespaces/default/pods" },
  ];
  assert.deepEqual(parseActions(JSON.stringify(several)), several);
});

test("what an action must not be", () => {
  for (const [json, message] of [
    ['{"action":"delete","path":"/api/v1/pods"}', /unknown action "delete"/],
    ['{"action":"show","path":"https://example.org/"}', /not one of the API/],
    ['{"action":"show","path":"//example.org/api/"}', /not one of the API/],
    ['{"action":"apply"}', /file of an action must be a text/],
    ["[1]", /action of an action must be a text/],
  ] as const) {
    assert.throws(() => parseActions(json), { message }, json);
  }
});

test("a table keeps the columns of priority 0, and every cell as text", () => {
  const table = readTable(
    JSON.stringify({
      kind: "Table",
      columnDefinitions: [{ name: "Name", priority: 0 }, { name: "IP", priority: 1 }, { name: "Restarts" }],
      rows: [{ cells: ["web", "10.0.0.1", 0] }, { cells: ["db", null, null] }],
    }),
  );
  assert.deepEqual(table, {
    columns: ["Name", "Restarts"],
    rows: [
      ["web", "0"],
      ["db", ""],
    ],
  });
  assert.deepEqual(readTable('{"kind":"Table","columnDefinitions":[],"rows":null}').rows, []);
  assert.throws(() => readTable('{"kind":"PodList","items":[]}'), { message: /PodList and no table/ });
});
