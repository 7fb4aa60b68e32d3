import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster, deployment, type KubernetesObject, type WatchEvent } from "./harness.ts";

const PODS = "/api/v1/namespaces/default/pods";
const REPLICA_SETS = "/apis/apps/v1/namespaces/default/replicasets";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const MIN_READY_SECONDS = 10;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}

/** Cluster seconds at which a condition became true, or undefined. */
function since(object: KubernetesObject, type: string): number | undefined {
  const conditions = (object.status.conditions ?? []) as Condition[];
  const condition = conditions.find((one) => one.type === type && one.status === "True");
  return condition === undefined ? undefined : Date.parse(condition.lastTransitionTime) / 1000;
}

async function revisionOf(cluster: Cluster): Promise<string> {
  return (await cluster.get(PODS)).metadata.resourceVersion;
}

test("minReadySeconds 10 at 100x: every step of the rollout comes exactly on its second", async (context) => {
  const cluster = await Cluster.start(context, { rate: 100 });
  const manifest = (image: string) => deployment("web", 3, image, `minReadySeconds: ${MIN_READY_SECONDS}`);
  await cluster.apply(manifest("nginx:1.27"));
  await cluster.settle();
  const revision = await revisionOf(cluster);

  const begun = performance.now();
  const beginning = (await cluster.client.command({ kind: "rate", rate: 100 })).now;
  await cluster.apply(manifest("nginx:1.28"));
  let done: KubernetesObject | undefined;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    done = (await cluster.get<KubernetesObject>(`${DEPLOYMENTS}/web`)) as KubernetesObject;
    const { status } = done;
    if (status.updatedReplicas === 3 && status.availableReplicas === 3 && status.replicas === 3) {
      break;
    }
    assert.ok(performance.now() - begun < 120_000, `rollout not complete: ${JSON.stringify(status)}`);
  }
  const hostSeconds = (performance.now() - begun) / 1000;
  const state = await cluster.client.command({ kind: "pause" });
  const clusterSeconds = (state.now - beginning) / 1000;
  context.diagnostic(
    `${clusterSeconds.toFixed(1)} s of cluster time took ${hostSeconds.toFixed(2)} s (x${(clusterSeconds / hostSeconds).toFixed(0)})`,
  );

  // maxSurge 1, maxUnavailable 0: one new pod at a time, the next one when this one has been ready for 10 s.
  const events = await cluster.history(PODS, revision);
  const fresh = events.filter(({ type }) => type === "ADDED").map(({ object }) => object);
  assert.equal(fresh.length, 3);
  const ready = fresh.map((pod) => readyAt(events, pod));
  const created = fresh.map((pod) => Date.parse(pod.metadata.creationTimestamp) / 1000);
  context.diagnostic(
    `created ${created.map((time) => time - (created[0] ?? 0))}, ready ${ready.map((time) => time - (created[0] ?? 0))}`,
  );
  for (const [index, time] of ready.entries()) {
    const next = created[index + 1];
    if (next !== undefined) {
      assert.equal(
        next - time,
        MIN_READY_SECONDS,
        `pod ${index + 2} was created ${next - time} s after pod ${index + 1} was ready`,
      );
    }
  }
  const deleted = events
    .filter(({ object, type }) => type === "MODIFIED" && object.metadata.deletionTimestamp !== undefined)
    .map(({ object }) => object.metadata.name);
  assert.equal(new Set(deleted).size, 3, "the three old pods were deleted");
});

function readyAt(events: WatchEvent[], pod: KubernetesObject): number {
  for (const { object } of events) {
    const time = object.metadata.uid === pod.metadata.uid ? since(object, "Ready") : undefined;
    if (time !== undefined) {
      return time;
    }
  }
  throw new Error(`pod ${pod.metadata.name} was never ready`);
}

test("a pause stops everything but the API", async (context) => {
  const cluster = await Cluster.start(context, { rate: 1 });
  const paused = await cluster.client.command({ kind: "pause" });
  const revision = await revisionOf(cluster);
  await cluster.apply(deployment("web", 2, "nginx:1.27"));
  await new Promise((resolve) => setTimeout(resolve, 2000));

  const web = await cluster.get<KubernetesObject>(`${DEPLOYMENTS}/web`);
  assert.equal(web.status.observedGeneration, undefined, "the deployment controller has written");
  assert.deepEqual((await cluster.get(PODS)).items, []);
  assert.equal(
    (await cluster.get(PODS)).metadata.resourceVersion,
    String(Number(revision) + 1),
    "something but the apply was committed",
  );
  const patched = await cluster.client.fetch(`${DEPLOYMENTS}/web`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ metadata: { labels: { touched: "while-paused" } } }),
  });
  assert.equal(patched.status, 200);
  assert.equal(cluster.client.clock?.now, paused.now);

  await cluster.client.command({ kind: "resume" });
  const state = await cluster.settle();
  assert.ok(state.now > paused.now);
  assert.equal((await cluster.get(PODS)).items.length, 2);
});

test("a step makes exactly one change that a learner can see", async (context) => {
  const cluster = await Cluster.start(context, { paused: true });
  const revision = await revisionOf(cluster);
  await cluster.apply(deployment("web", 2, "nginx:1.27"));
  const changes = async () => {
    const lists = await Promise.all(
      [PODS, REPLICA_SETS, DEPLOYMENTS].map((url) => cluster.history(url, revision)),
    );
    return lists.flat();
  };
  let seen = (await changes()).length;
  assert.equal(seen, 1, "the Deployment, by the apply");
  const told: string[] = [];
  let before = cluster.client.clock?.now ?? 0;
  for (let step = 1; step <= 12; step++) {
    const state = await cluster.client.command({ kind: "step" });
    assert.equal(state.paused, true);
    assert.equal(state.mode, "run");
    assert.ok(state.now >= before);
    before = state.now;
    const all = await changes();
    assert.equal(all.length, seen + 1, `step ${step}`);
    seen = all.length;
    const newest = all.reduce((a, b) =>
      Number(a.object.metadata.resourceVersion) > Number(b.object.metadata.resourceVersion) ? a : b,
    );
    told.push(`${newest.type} ${newest.object.kind}`);
  }
  context.diagnostic(told.join(", "));
  assert.equal(told[0], "ADDED ReplicaSet");
  assert.equal(told.filter((change) => change === "ADDED Pod").length, 2);
});
