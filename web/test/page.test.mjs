import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, get, manifest, openPage, settle, untilReady } from "./harness.mjs";

test("the page keeps its policy through all that it can do, and asks nobody else for anything", async () => {
  const page = await openPage({ rate: "10" });
  const response = await page.reload();
  assert.match(response.headers()["content-security-policy"], /style-src 'self'(;|$)/);
  assert.doesNotMatch(
    response.headers()["content-security-policy"],
    /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/,
  );
  await untilReady(page);
  await page.getByRole("textbox", { name: "YAML editor" }).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("kind: Nothing\n");
  await page.keyboard.press("Control+Enter");
  await page.locator(".result-rejected").waitFor();
  await page.keyboard.press("Control+F");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Back to the original" }).click();
  await page.getByRole("button", { name: "Apply", exact: false }).first().click();
  await page.locator("[data-type=pod].state-ready").waitFor();
  await page.locator("[data-type=pod]").click();
  await page.getByRole("tab", { name: "Lesson" }).click();
  await page.locator(".lesson-entry a").first().waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("the diagram is used by keyboard: one stop, arrows between objects, Enter for the details", async () => {
  const page = await openPage({ rate: "10" });
  await apply(page, manifest({ replicas: 2 }));
  await settle(page);
  await page.locator("[data-type=pod].state-ready").nth(1).waitFor();
  assert.equal(await page.locator("svg.drawing [tabindex='0']").count(), 1);
  await page.locator("svg.drawing [tabindex='0']").focus();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("Home");
  assert.match(await focused(), /^Node node-1/);
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(), /^Deployment image-deployment, 2 of 2 available/);
  await page.keyboard.press("ArrowRight");
  assert.match(await focused(), /^ReplicaSet image-deployment-/);
  await page.keyboard.press("ArrowRight");
  assert.match(await focused(), /^Pod image-deployment-.*Running, ready, 1\/1, on node-/);
  await page.keyboard.press("Enter");
  const name = (await focused()).split(/[ ,]/)[1];
  await page.locator(".details-title", { hasText: name }).waitFor();
  await page.getByRole("tab", { name: "YAML", exact: true }).click();
  const shown = page.getByRole("region", { name: "YAML" });
  await shown.filter({ hasText: `name: ${name}` }).waitFor();
  assert.doesNotMatch(await shown.textContent(), /managedFields/);
  await page.locator("svg.drawing [tabindex='0']").focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".details-title", { hasText: "ReplicaSet image-deployment" }).waitFor();
  await page.close();
});

test("the lesson's blocks run in the cluster, in both languages", async () => {
  const page = await openPage({ rate: "10", lesson: "rolling-update", lang: "zh" });
  await page.getByRole("tab", { name: "课程", selected: true }).waitFor();
  await page.locator(".prose[lang=zh-Hans] h2").waitFor();
  await page.getByRole("combobox", { name: "语言" }).selectOption("en");
  await page.locator(".prose[lang=en] h2").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");

  await page.getByRole("button", { name: "Whole text" }).click();
  const block = page.locator(".runnable", { hasText: "kubectl apply -f" }).first();
  await block.getByRole("button", { name: "Run" }).click();
  await block.getByText("deployment.extensions/image-deployment created").waitFor();
  await settle(page);
  const look = page.locator(".runnable", { hasText: /kubectl get/ }).first();
  await look.getByRole("button", { name: "Run" }).click();
  await look.locator(".block-text", { hasText: /^NAME +READY .*\s+image-deployment/ }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("events tell what happened, and lead to the object", async () => {
  const page = await openPage({ rate: "10" });
  await apply(page, manifest());
  await settle(page);
  await page.getByRole("tab", { name: "Events" }).click();
  for (const reason of [
    "ScalingReplicaSet",
    "SuccessfulCreate",
    "Scheduled",
    "Pulling",
    "Pulled",
    "Created",
    "Started",
  ]) {
    await page
      .locator(".events-table tr", { has: page.locator(".event-reason", { hasText: reason }) })
      .first()
      .waitFor();
  }
  await page.locator(".event-object button", { hasText: "deployment/" }).first().click();
  await page.locator(".details-title", { hasText: "Deployment image-deployment" }).waitFor();
  await page.close();
});

test("an address can ask for a seed, a start and nodes", async () => {
  const page = await openPage({ seed: "7", start: "2026-01-01T00:00:00Z", nodes: "5" });
  assert.equal((await get(page, "/api/v1/nodes")).items.length, 5);
  const created = (await get(page, "/api/v1/namespaces/default")).metadata.creationTimestamp;
  assert.match(created, /^2026-01-01T00:00:/);
  await page.close();
});
