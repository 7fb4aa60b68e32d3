import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster, deployment } from "./harness.ts";

const PODS = "/api/v1/namespaces/default/pods";

interface Stored {
  kind: string;
  metadata: { name: string; uid: string };
  spec: { replicas?: number };
}

test("any kept revision can be shown and gone back to, and a file carries the cluster", async (context) => {
  const cluster = await Cluster.start(context);
  const { client } = cluster;
  const uids = async () => (await cluster.get(PODS)).items.map(({ metadata }) => metadata.uid).sort();
  await cluster.apply(deployment("web", 2, "nginx:1.27"));
  await cluster.settle();
  await client.command({ kind: "pause" });
  const moment = (await client.revisions()).last;
  const before = await uids();
  await client.command({ kind: "resume" });
  await cluster.apply(deployment("web", 5, "nginx:1.28"));
  await cluster.settle();
  await client.command({ kind: "pause" });

  const then = (await client.at(moment)) as Stored[];
  const pods = (objects: Stored[]) =>
    objects.flatMap(({ kind, metadata }) => (kind === "Pod" ? [metadata.uid] : [])).sort();
  assert.deepEqual(pods(then), before);
  assert.equal(then.find(({ kind }) => kind === "Deployment")?.spec.replicas, 2);
  const { first, last } = await client.revisions();
  assert.equal(first, 1, "the history goes back to the empty store");
  assert.deepEqual(pods((await client.at(first)) as Stored[]), []);
  await assert.rejects(client.at(last + 1), /is not kept: the history goes from 1 to/);

  // Back to that moment, with the way back kept.
  const present = await uids();
  await client.replace(await client.archive({ revision: moment, history: true }));
  await client.command({ kind: "pause" });
  assert.deepEqual(await uids(), before);
  assert.deepEqual(pods((await client.at(last)) as Stored[]), present);
  await client.command({ kind: "resume" });
  await cluster.settle();
  assert.deepEqual(await uids(), before, "the controllers find nothing to do");

  // A file, and what is no file.
  await client.command({ kind: "pause" });
  const file = await client.archive({ history: true, page: '{"files":{}}' });
  const altered = new TextEncoder().encode(new TextDecoder().decode(file).replace('"web"', '"wob"'));
  const revision = (await client.revisions()).last;
  await assert.rejects(client.replace(altered), /was altered or damaged/);
  await assert.rejects(client.replace(file.slice(0, 1000)), /is cut off/);
  assert.equal((await client.revisions()).last, revision, "the cluster is as it was");
  context.diagnostic(
    `${file.length} bytes for ${(await client.at(revision)).length} objects with their history`,
  );

  const other = await Cluster.start(context, { seed: 9 });
  await other.client.replace(file);
  await other.client.command({ kind: "pause" });
  assert.deepEqual((await other.get(PODS)).items.map(({ metadata }) => metadata.uid).sort(), before);
  assert.ok((other.client.clock?.now ?? 0) >= (client.clock?.now ?? 0), "time goes on where it was");
});
