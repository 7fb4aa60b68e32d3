import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecord } from "../lessons/record.ts";
import { readPageState } from "./pagestate.ts";

test("page state is read as it was written", () => {
  const state = {
    editor: { files: [{ file: "web.yaml", yaml: "kind: Pod" }], active: "web.yaml" },
    files: [{ path: "/root/a", text: "b" }],
    commands: ["kubectl get pods"],
    lesson: { ...newRecord({ id: "rolling-update" }), begun: true, step: "scale", passed: ["apply"] },
    clock: { rate: null, paused: true },
  };
  assert.deepEqual(readPageState(JSON.parse(JSON.stringify(state))), state);
});

test("what is no page state is left out, part by part", () => {
  assert.deepEqual(readPageState(null), {});
  assert.deepEqual(readPageState("files"), {});
  assert.deepEqual(
    readPageState({
      editor: { files: [{ file: 7, yaml: "kind: Pod" }], active: "web.yaml" },
      files: [
        { path: "relative", text: "" },
        { path: "/root/a" },
        null,
        { path: "/root/b", text: "b", more: 1 },
      ],
      commands: ["one", 2],
      lesson: [],
      clock: { rate: 1e9, paused: false },
      other: true,
    }),
    { files: [{ path: "/root/b", text: "b" }], commands: ["one"] },
  );
});
