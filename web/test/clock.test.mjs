import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, get, manifest, openPage } from "./harness.mjs";

const PODS = "/api/v1/namespaces/default/pods";
const now = (page) => page.evaluate(() => window.tabernetes.clock.now().getTime());

test("a pause stops everything but the API; going on goes on", async () => {
  const page = await openPage({ rate: "10" });
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.locator(".clock-note", { hasText: "Paused" }).waitFor();
  const paused = await now(page);

  await apply(page, manifest());
  await page.waitForTimeout(1500);
  assert.equal(await now(page), paused, "cluster time stands still");
  assert.equal((await get(page, PODS)).items.length, 0, "no controller moves");
  assert.equal(
    (await get(page, "/apis/apps/v1/namespaces/default/deployments")).items.length,
    1,
    "the API answers",
  );
  await page.locator("[data-type=head]").waitFor();

  await page.getByRole("button", { name: "Go on", exact: true }).click();
  await page.locator("[data-type=pod].state-ready").waitFor();
  assert.ok((await now(page)) > paused);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("steps go from one visible change to the next", async () => {
  const page = await openPage();
  await page.evaluate(() => window.tabernetes.clock.pause());
  await apply(page, manifest());
  const seen = [];
  for (let step = 0; step < 25 && seen.at(-1)?.ready !== true; step++) {
    await page.evaluate(() => window.tabernetes.clock.step());
    const sets = (await get(page, "/apis/apps/v1/namespaces/default/replicasets")).items.length;
    const [pod] = (await get(page, PODS)).items;
    seen.push({
      sets,
      pods: pod === undefined ? 0 : 1,
      node: pod?.spec.nodeName,
      ready:
        pod?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    });
  }
  const first = (test) => seen.findIndex(test);
  const order = [
    first(({ sets }) => sets === 1),
    first(({ pods }) => pods === 1),
    first(({ node }) => node !== undefined),
    first(({ ready }) => ready),
  ];
  assert.ok(!order.includes(-1), `not everything happened: ${JSON.stringify(seen)}`);
  assert.deepEqual(
    [...order].sort((one, other) => one - other),
    order,
    JSON.stringify(seen),
  );
  assert.equal(new Set(order).size, 4, `two changes in one step: ${JSON.stringify(seen)}`);
  assert.equal(await page.evaluate(() => window.tabernetes.clock.paused), true);
  await page.close();
});

test("a skip ends when everything is settled, or after the seconds asked for", async () => {
  const page = await openPage();
  await apply(page, manifest({ replicas: 3 }));
  await page.getByRole("button", { name: "Skip until everything is settled" }).click();
  await page.locator("[data-type=pod].state-ready").nth(2).waitFor();

  const before = await now(page);
  await page.evaluate(() => window.tabernetes.clock.pause());
  const started = Date.now();
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 600 }));
  const passed = ((await now(page)) - before) / 1000;
  assert.ok(passed >= 600 && passed < 700, `${passed} s of cluster time passed`);
  assert.ok(Date.now() - started < 300_000, "the skip waited");
  await page.close();
});

test("minReadySeconds is exact to the second at 100×", async () => {
  const page = await openPage({ rate: "100", start: "2026-01-01T00:00:00Z" });
  // apps/v1, where one replica may not be missing and the Available condition means something.
  await apply(
    page,
    manifest({
      extra: "  minReadySeconds: 10\n  selector: { matchLabels: { app: image-update } }\n",
    }).replace("extensions/v1beta1", "apps/v1"),
  );
  await page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
  const [pod] = (await get(page, PODS)).items;
  const ready = pod.status.conditions.find(({ type }) => type === "Ready").lastTransitionTime;
  const deployment = await get(page, "/apis/apps/v1/namespaces/default/deployments/image-deployment");
  const available = deployment.status.conditions.find(({ type }) => type === "Available").lastTransitionTime;
  assert.equal(deployment.status.availableReplicas, 1);
  assert.equal((Date.parse(available) - Date.parse(ready)) / 1000, 10);
  assert.ok(ready.startsWith("2026-01-01T00:"), ready);
  await page.close();
});

test("the speed is chosen on the page and told by the API", async () => {
  const page = await openPage();
  await page.getByRole("combobox", { name: "Speed" }).selectOption({ label: "100×" });
  await page.waitForFunction(() => window.tabernetes.clock.rate === 100);
  await page.evaluate(() => window.tabernetes.clock.setRate(Number.POSITIVE_INFINITY));
  assert.equal(await page.getByRole("combobox", { name: "Speed" }).inputValue(), "Infinity");
  await page.close();
});
