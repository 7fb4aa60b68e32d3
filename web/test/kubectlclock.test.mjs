/** kubectl and the shell on the cluster's clock, and over a reload. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { get, newCluster, openPage, untilReady } from "./harness.mjs";
import { printed, run, table } from "./terminal.mjs";

test("commands run on the cluster's clock: ages, sleep, a time-out in a skip, and while it is paused", async () => {
  const page = await openPage({ rate: "100", start: "2030-01-01T00:00:00Z" });
  assert.match(await printed(page, "date -u"), /2030/);
  await page.evaluate(() => window.tabernetes.clock.pause());
  const paused = await printed(page, "date +%s");
  assert.match(await printed(page, "kubectl get nodes --no-headers"), /^node-1 +Ready/);
  assert.equal(await printed(page, "date +%s"), paused);
  const created = Date.parse((await get(page, "/api/v1/nodes/node-1")).metadata.creationTimestamp) / 1000;
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 7200 }));
  const [node] = table(await printed(page, "kubectl get nodes"));
  assert.deepEqual([node.NAME, node.STATUS], ["node-1", "Ready"]);
  assert.equal(node.AGE, `${Math.floor((Number(paused) + 7200 - created) / 60)}m`);

  // An hour's wait takes a skip of an hour, and ends by its time-out at the second.
  const waiting = run(page, "date +%s; kubectl wait --for=delete node/node-1 --timeout=1h; date +%s");
  await page.waitForTimeout(3000);
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 3700 }));
  const waited = await waiting;
  assert.match(waited.stderr, /timed out waiting for the condition on nodes\/node-1/);
  const [begin, end] = waited.stdout.trim().split("\n").map(Number);
  assert.ok(end - begin >= 3600 && end - begin <= 3602, `waited ${end - begin} s`);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("files outlive a reload with their cluster, and go with it", async () => {
  const query = { cluster: newCluster(), storage: "indexeddb" };
  const page = await openPage(query);
  await printed(page, "echo kept > note.txt");
  await page.reload();
  await untilReady(page);
  assert.equal(await printed(page, "cat note.txt"), "kept\n");
  await page.evaluate(() => window.tabernetes.reset());
  assert.equal((await run(page, "cat note.txt")).code, 1);
  await page.close();
});
