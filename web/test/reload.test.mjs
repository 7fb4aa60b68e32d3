import assert from "node:assert/strict";
import { test } from "node:test";
import {
  apply,
  BOOT_TIMEOUT,
  get,
  manifest,
  missedFunctions,
  newCluster,
  openPage,
  settle,
  untilReady,
} from "./harness.mjs";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

async function ready(page) {
  await page.waitForFunction(() => window.tabernetes !== undefined);
  await page.waitForFunction(() => window.tabernetes.version.kubernetes !== "", undefined, {
    timeout: BOOT_TIMEOUT,
  });
  await untilReady(page);
}

test("objects and the editor's text survive a reload; a reset deletes both", async () => {
  const page = await openPage({ cluster: newCluster(), storage: "indexeddb", rate: "10" });
  await page.getByText("Saved in this browser").waitFor();
  await apply(page, manifest({ replicas: 3 }));
  await settle(page);
  await page.getByRole("button", { name: "Image v1 → v2" }).click();
  await page.getByText("deployment/image-deployment configured").waitFor();
  await settle(page);
  const before = await get(page, DEPLOYMENTS);
  const pods = (list) => list.items.map((pod) => pod.metadata.uid).sort();
  const podsBefore = pods(await get(page, "/api/v1/namespaces/default/pods"));
  const timeBefore = await page.evaluate(() => window.tabernetes.clock.now().getTime());
  // The last changes are written within moments of the commit.
  await page.waitForTimeout(2000);
  assert.deepEqual(await missedFunctions(page), []);

  await page.reload();
  await ready(page);
  assert.deepEqual(await missedFunctions(page), []);
  const after = await get(page, DEPLOYMENTS);
  assert.deepEqual(
    after.items.map(({ metadata, spec }) => [metadata.uid, spec]),
    before.items.map(({ metadata, spec }) => [metadata.uid, spec]),
  );
  assert.deepEqual(pods(await get(page, "/api/v1/namespaces/default/pods")), podsBefore);
  assert.ok(
    (await page.evaluate(() => window.tabernetes.clock.now().getTime())) >= timeBefore,
    "time goes on",
  );
  assert.match(await page.getByRole("textbox", { name: "YAML editor" }).textContent(), /nginx:v2/);
  await page.locator("[data-type=pod].state-ready").first().waitFor();

  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete and start empty" }).click();
  await page.getByText("An empty cluster, waiting for its first object").waitFor({ timeout: BOOT_TIMEOUT });
  await ready(page);
  assert.deepEqual((await get(page, DEPLOYMENTS)).items, []);
  assert.match(await page.getByRole("textbox", { name: "YAML editor" }).textContent(), /nginx:v1/);

  await page.reload();
  await ready(page);
  assert.deepEqual((await get(page, DEPLOYMENTS)).items, []);
  assert.deepEqual(page.faults, []);
  await page.close();
});
