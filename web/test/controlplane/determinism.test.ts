import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ModuleSource } from "../../src/protocol/exchange.ts";
import type { BootOptions } from "../../src/protocol/messages.ts";
import { Cluster, deployment, IMAGES } from "./harness.ts";

const LISTS = [
  "/api/v1/namespaces",
  "/api/v1/nodes",
  "/api/v1/pods",
  "/api/v1/events",
  "/api/v1/configmaps",
  "/api/v1/serviceaccounts",
  "/api/v1/services",
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/replicasets",
  "/apis/discovery.k8s.io/v1/endpointslices",
];

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

/** One line for each change of an object, in the order of revisions. */
async function run(
  context: TestContext,
  options: Partial<BootOptions>,
  images: NonNullable<ModuleSource["images"]> = IMAGES,
): Promise<string[]> {
  const cluster = await Cluster.start(context, { ...options, paused: true }, images);
  await cluster.apply(`${deployment("web", 5, "nginx:1.27")}\n---\n${SERVICE}`);
  await cluster.settle();
  await cluster.apply(deployment("web", 5, "nginx:1.28"));
  await cluster.client.command({ kind: "skip", seconds: 120 });
  await cluster.apply(deployment("web", 2, "nginx:1.28"));
  await cluster.settle();
  const changes: [number, string][] = [];
  for (const url of LISTS) {
    for (const { type, object } of await cluster.history(url, "1")) {
      const { name, uid, resourceVersion, creationTimestamp } = object.metadata;
      changes.push([
        Number(resourceVersion),
        `${resourceVersion} ${type} ${object.kind} ${name} ${uid} ${creationTimestamp} ${JSON.stringify(object)}`,
      ]);
    }
  }
  cluster.client.destroy();
  return changes.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
}

test("the same seed and the same inputs give the same history of objects", async (context) => {
  const first = await run(context, { seed: 7 });
  const second = await run(context, { seed: 7 });
  context.diagnostic(`${first.length} changes`);
  assert.ok(first.length > 100, `only ${first.length} changes were seen`);
  const different = first.findIndex((line, index) => line !== second[index]);
  assert.equal(second[different], first[different], `change ${different} of ${first.length} differs`);
  assert.equal(second.length, first.length);

  const other = await run(context, { seed: 8 });
  assert.notDeepEqual(other.map(names), first.map(names), "another seed gives other names");
});

test("a seed gives the same history with each image and without any", async (context) => {
  const options = { seed: 7, startTime: null };
  const ready = await run(context, options);
  const built = await run(context, options, { built: IMAGES.built });
  const none = await run(context, options, {});
  assert.ok(ready.length > 100, `only ${ready.length} changes were seen`);
  for (const [name, other] of Object.entries({ built, none })) {
    const different = ready.findIndex((line, index) => line !== other[index]);
    assert.equal(
      other[different],
      ready[different],
      `${name}: change ${different} of ${ready.length} differs`,
    );
    assert.equal(other.length, ready.length, name);
  }
  const another = await run(context, { ...options, seed: 8 });
  assert.notDeepEqual(another.map(names), ready.map(names), "another seed gives other names");
});

function names(line: string): string {
  return line.split(" ").slice(0, 5).join(" ");
}
