import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster, deployment } from "./harness.ts";

/** What upstream says at every first start: of versions without resources, and of a service "kubernetes" that has no endpoints to remove. */
const EXPECTED_LOGS = /^warning: Skipping API |^error: Found stale data, removed previous endpoints/;

test("the control plane starts, answers, applies and rolls out", async (context) => {
  const begun = performance.now();
  const cluster = await Cluster.start(context, { rate: 1 });
  context.diagnostic(`ready after ${Math.round(performance.now() - begun)} ms`);
  const version = await cluster.get<{ gitVersion: string }>("/version");
  assert.equal(version.gitVersion, cluster.client.version?.kubernetes);
  await cluster.apply(deployment("web", 3, "nginx:1.27"));
  const state = await cluster.settle();
  context.diagnostic(`settled at ${new Date(state.now).toISOString()}`);
  const pods = await cluster.get("/api/v1/namespaces/default/pods");
  assert.deepEqual(
    pods.items.map((pod) => pod.status.phase),
    ["Running", "Running", "Running"],
  );
  // All three pods were created at one instant, and each has an Event of its own.
  const events = await cluster.get<{ items: { reason: string }[] }>("/api/v1/namespaces/default/events");
  assert.equal(events.items.filter(({ reason }) => reason === "SuccessfulCreate").length, 3);
  assert.deepEqual(
    cluster.logs.filter((line) => !EXPECTED_LOGS.test(line)),
    [],
  );
});
