import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CALENDAR_START } from "../../src/protocol/clock.ts";
import { Cluster, deployment, IMAGES, type KubernetesList } from "./harness.ts";

const REFUSED = /^warning: start without an image: /;

/** A changed copy of the image of a ready cluster. */
function changed(context: TestContext, change: (file: string) => void): { ready: { url: string } } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "image-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "controlplane.ready.image");
  copyFileSync(fileURLToPath(IMAGES.ready.url), file);
  change(file);
  return { ready: { url: pathToFileURL(file).href } };
}

function flip(file: string, at: (length: number) => number): void {
  const bytes = readFileSync(file);
  const index = at(bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("a new cluster goes on where its memory was captured, at the calendar of every new cluster", async (context) => {
  const cluster = await Cluster.start(context, { startTime: null, paused: true });
  assert.deepEqual(
    cluster.logs.filter((line) => REFUSED.test(line)),
    [],
  );
  const nodes = await cluster.get<KubernetesList>("/api/v1/nodes");
  assert.equal(nodes.items.length, 3);
  for (const { metadata } of nodes.items) {
    const age = Date.parse(metadata.creationTimestamp) - CALENDAR_START;
    assert.ok(age >= 0 && age < 60_000, `${metadata.name} was created ${age} ms after the start`);
  }
  assert.ok(cluster.frames[0]?.reset, "the page is told of everything first");
  await cluster.apply(deployment("web", 3, "nginx:1.27"));
  await cluster.settle();
  const pods = await cluster.get<KubernetesList>("/api/v1/pods");
  assert.equal(pods.items.length, 3);
});

test("nodes stay ready and leases are renewed after the memory is restored", async (context) => {
  const cluster = await Cluster.start(context, { startTime: null, paused: true });
  await cluster.client.command({ kind: "skip", seconds: 4000 });
  const now = cluster.clock?.now ?? 0;
  const { items: leases } = await cluster.get<{ items: { spec: { renewTime: string } }[] }>(
    "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
  );
  assert.equal(leases.length, 3);
  for (const { spec } of leases) {
    assert.ok(now - Date.parse(spec.renewTime) <= 11_000, `renewed at ${spec.renewTime}`);
  }
  const events = await cluster.get<{ items: { reason: string }[] }>("/api/v1/events");
  assert.deepEqual(
    events.items.filter(({ reason }) => reason === "NodeNotReady"),
    [],
  );
});

for (const [what, options, nodes] of [
  ["more nodes", { nodes: 5 }, 5],
  ["another start time", { startTime: Date.parse("2030-02-03T04:05:06Z") }, 3],
] as const) {
  test(`a cluster with ${what} goes on where all is built`, async (context) => {
    // The image of a ready cluster would be refused.
    const images = { ...IMAGES, ...changed(context, (file) => truncateSync(file, 100)) };
    const cluster = await Cluster.start(context, { startTime: null, paused: true, ...options }, images);
    assert.deepEqual(
      cluster.logs.filter((line) => REFUSED.test(line)),
      [],
    );
    const list = await cluster.get<KubernetesList>("/api/v1/nodes");
    assert.equal(list.items.length, nodes);
    const start = "startTime" in options ? options.startTime : CALENDAR_START;
    for (const { metadata } of list.items) {
      assert.ok(
        Math.abs(Date.parse(metadata.creationTimestamp) - start) < 60_000,
        metadata.creationTimestamp,
      );
    }
  });
}

for (const [what, change, says] of [
  ["is missing", (file: string) => rmSync(file), /./],
  ["is cut off", (file: string) => truncateSync(file, 40_000_000), /cut off/],
  ["is altered", (file: string) => flip(file, (length) => length - 12_345_678), /damaged/],
  ["is of another build", (file: string) => flip(file, () => 16 + 20), /another build/],
  ["is a page", (file: string) => writeFileSync(file, "<!doctype html>".repeat(10)), /no image/],
] as const) {
  test(`the start is an ordinary one when the image ${what}`, async (context) => {
    const cluster = await Cluster.start(context, { startTime: null, paused: true }, changed(context, change));
    const [refused] = cluster.logs.filter((line) => REFUSED.test(line));
    assert.match(refused ?? "", says);
    const nodes = await cluster.get<KubernetesList>("/api/v1/nodes");
    assert.equal(nodes.items.length, 3);
  });
}
