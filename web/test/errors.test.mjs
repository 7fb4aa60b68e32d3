import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, BOOT_TIMEOUT, get, manifest, openPage, settle, typeYaml } from "./harness.mjs";

/** The line numbers that carry an error mark, by what the editor draws. */
async function markedLines(page) {
  return page.locator(".editor-host").evaluate((host) =>
    [...host.shadowRoot.querySelectorAll(".cm-lintRange-error, .cm-lintPoint-error")].map((mark) => {
      const line = mark.closest(".cm-line");
      return [...line.parentElement.children].indexOf(line) + 1;
    }),
  );
}

async function applyText(page, yaml) {
  await typeYaml(page, yaml);
  await page.keyboard.press("Control+Enter");
  await page.locator(".editor-results[aria-busy=false] .result-rejected").first().waitFor();
  return page.locator(".result-message").first().textContent();
}

test("bad YAML, an unknown field and a rejected value show upstream's message at their line; the rest goes on", async () => {
  const page = await openPage({ rate: "10" });
  await apply(page, manifest());
  await settle(page);

  const syntax = await applyText(page, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n data: {\n");
  assert.match(syntax, /yaml: line \d+/);
  await page.getByRole("button", { name: /^line \d+$/ }).waitFor();
  assert.equal((await markedLines(page)).length > 0, true);

  const invalid = await applyText(page, manifest({ replicas: -1 }));
  assert.match(
    invalid,
    /^The Deployment "image-deployment" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
  );
  assert.deepEqual([...new Set(await markedLines(page))], [6]);
  await page.getByRole("button", { name: "line 6" }).click();

  const unknown = await applyText(page, manifest({ extra: "  replica: 2\n" }));
  assert.match(unknown, /unknown field "spec\.replica"/);
  assert.deepEqual([...new Set(await markedLines(page))], [7]);

  const deployment = await get(page, "/apis/apps/v1/namespaces/default/deployments/image-deployment");
  assert.equal(deployment.spec.replicas, 1, "what was applied before is not touched");
  assert.equal(deployment.status.availableReplicas, 1);

  await assert.rejects(apply(page, manifest({ replicas: -1 })), /must be greater than or equal to 0/);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("of several objects the good ones are applied and the bad one is named", async () => {
  const page = await openPage({ rate: "10" });
  await applyText(
    page,
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: good
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: Bad_Name
`,
  );
  await page.getByText("configmap/good created").waitFor();
  assert.match(await page.locator(".result-rejected").textContent(), /Bad_Name/);
  assert.equal((await get(page, "/api/v1/namespaces/default/configmaps/good")).metadata.name, "good");
  assert.equal((await get(page, "/api/v1/namespaces/default/configmaps/Bad_Name")).code, 404);
  await page.close();
});

test("an API error reaches fetch as a status, not as an exception", async () => {
  const page = await openPage();
  const answer = await get(page, "/api/v1/namespaces/default/pods/none");
  assert.equal(answer.kind, "Status");
  assert.equal(answer.message, 'pods "none" not found');
  await page.close();
});

test("a control plane that cannot start says why, and starts again when asked to", async () => {
  const page = await openPage({}, { wait: false });
  // The first start may be under way already: what counts is the one after the reload.
  await page.route("**/controlplane.wasm?*", (route) => route.fulfill({ status: 503, body: "" }));
  await page.reload();
  const dialog = page.getByRole("alertdialog", { name: "The control plane stopped" });
  await dialog.waitFor();
  assert.match(await dialog.locator(".panic-message").textContent(), /503/);
  await page.keyboard.press("Escape");
  assert.equal(await dialog.isVisible(), true, "it cannot be waved away");
  await page.unroute("**/controlplane.wasm?*");
  await dialog.getByRole("button", { name: "Restart" }).click();
  await page.getByText("An empty cluster, waiting for its first object").waitFor({ timeout: BOOT_TIMEOUT });
  assert.equal((await get(page, "/api/v1/namespaces/default")).metadata.name, "default");
  await page.close();
});
