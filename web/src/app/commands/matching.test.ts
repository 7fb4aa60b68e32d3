import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, matching } from "./matching.ts";

const command = (group: string, label: string): Command => ({ group, label, run: () => undefined });
const COMMANDS = [
  command("Clock", "Pause or go on"),
  command("Deployment web", "Pause rollout"),
  command("Deployment web", "Restart"),
  command("Node node-1", "Cordon"),
  command("View", "Terminal"),
];
const found = (query: string) => matching(COMMANDS, query).map(({ group, label }) => `${group}: ${label}`);

test("every word must be there, in any order, in the label or what it belongs to", () => {
  assert.deepEqual(
    found(""),
    COMMANDS.map(({ group, label }) => `${group}: ${label}`),
  );
  assert.deepEqual(found("web restart"), ["Deployment web: Restart"]);
  assert.deepEqual(found("PAUSE web"), ["Deployment web: Pause rollout"]);
  assert.deepEqual(found("nothing"), []);
});

test("a label that begins so comes first", () => {
  assert.deepEqual(found("r").slice(0, 1), ["Deployment web: Restart"]);
  assert.deepEqual(found("node c"), ["Node node-1: Cordon"]);
});
