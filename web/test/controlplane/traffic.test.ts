import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createApi, type Tabernetes } from "../../src/client/api.ts";
import type { TrafficResult, TrafficStats } from "../../src/protocol/traffic.ts";
import { Cluster, deployment } from "./harness.ts";

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

async function withService(
  context: TestContext,
  seed: number,
): Promise<{ cluster: Cluster; api: Tabernetes }> {
  const cluster = await Cluster.start(context, { seed, paused: true });
  await cluster.apply(
    `${deployment("web", 4, "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1")}---${SERVICE}`,
  );
  await cluster.settle();
  await cluster.client.command({ kind: "skip", seconds: 30 });
  return { cluster, api: createApi(cluster.client) };
}

function accounted(stats: TrafficStats): void {
  const results = Object.entries(stats.byResult) as [TrafficResult, number][];
  const failed = results.filter(([result]) => result !== "ok").reduce((sum, [, number]) => sum + number, 0);
  assert.equal(stats.byResult.ok ?? 0, stats.ok);
  assert.equal(failed, stats.failed);
  assert.equal(stats.ok + stats.failed + stats.inFlight, stats.sent);
}

test("traffic is sent while cluster time passes and never while it stands", async (context) => {
  const { cluster, api } = await withService(context, 1);
  await assert.rejects(api.traffic.stats("web"), {
    message: 'count requests to service "web": no traffic was started',
  });
  await assert.rejects(api.traffic.start("web", 0), {
    message: 'send requests to service "web": 0 a second, want 1 to 1000',
  });
  await assert.rejects(api.traffic.start("web", 1.5), {
    message: 'send requests to service "web": 1.5 a second, want a whole number',
  });

  await api.traffic.start("web", 50);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await api.traffic.stats("web")).sent, 0, "the clock stands");
  await api.clock.skip({ seconds: 60 });
  const stats = await api.traffic.stats("web");
  accounted(stats);
  assert.ok(Math.abs(stats.sent - 3000) <= 1, `${stats.sent} requests in a minute`);
  assert.equal(stats.failed, 0);
  assert.deepEqual(Object.keys(stats.byVersion), ["v1"]);
  assert.equal(Object.keys(stats.byPod).length, 4);
  assert.ok(stats.seconds.length >= 60 && stats.seconds.length <= 61);

  // A skip until settled does not wait for the end of traffic.
  const before = cluster.clock?.now ?? 0;
  await api.clock.skip();
  assert.ok((cluster.clock?.now ?? 0) - before < 1000, "the cluster is settled though there is traffic");

  await api.traffic.stop("web");
  const { sent } = await api.traffic.stats("web");
  await api.clock.skip({ seconds: 10 });
  assert.equal((await api.traffic.stats("web")).sent, sent);
});

test("the same seed gives the same traffic, through a rolling update", async (context) => {
  const run = async (seed: number) => {
    const { cluster, api } = await withService(context, seed);
    await api.traffic.start("web", 50);
    await cluster.apply(deployment("web", 4, "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2"));
    await api.clock.skip({ seconds: 60 });
    const stats = await api.traffic.stats("web");
    accounted(stats);
    cluster.client.destroy();
    return stats;
  };
  const first = await run(5);
  assert.ok((first.byVersion.v1 ?? 0) > 0 && (first.byVersion.v2 ?? 0) > 0);
  assert.deepEqual(await run(5), first);
});

test("long traffic is counted whole, and what a request costs is printed", async (context) => {
  const { api } = await withService(context, 1);
  const spend = async () => {
    const begin = performance.now();
    await api.clock.skip({ seconds: 900 });
    return (performance.now() - begin) / 900;
  };
  const quiet = await spend();
  await api.traffic.start("web", 50);
  const busy = await spend();
  const stats = await api.traffic.stats("web");
  accounted(stats);
  assert.ok(Math.abs(stats.sent - 45_000) <= 1, `${stats.sent} requests in a quarter of an hour`);
  assert.equal(stats.failed, 0);
  assert.equal(stats.seconds.length, 600);
  context.diagnostic(
    `a cluster second takes ${quiet.toFixed(2)} ms of the host, ${busy.toFixed(2)} ms with traffic: ` +
      `${(((busy - quiet) * 1000) / 50).toFixed(0)} µs a request`,
  );
});
