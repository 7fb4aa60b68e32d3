/** Tab in the page's terminal, answered by kubectl's own completion from the cluster that runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, manifest, openPage, settle } from "./harness.mjs";

test("Tab completes kubectl's commands, kinds, names and flags", async () => {
  const page = await openPage({ rate: "10" });
  page.setDefaultTimeout(60_000);
  await apply(page, manifest({ replicas: 2 }));
  await settle(page);
  await page.getByRole("tab", { name: "Terminal", exact: true }).click();
  const field = page.getByRole("textbox", { name: "Command" });
  const candidates = page.locator(".terminal-candidate");
  /** Types, presses Tab, and waits until the line is so. */
  const completes = async (typed, line) => {
    await field.fill(typed);
    await field.press("Tab");
    await page.waitForFunction((line) => document.querySelector(".terminal-field").value === line, line);
  };
  const offers = async (typed) => {
    await field.fill(typed);
    await field.press("Tab");
    await candidates.first().waitFor();
    return candidates.allTextContents();
  };

  await completes("kubectl desc", "kubectl describe ");
  await completes("kubectl get statefuls", "kubectl get statefulsets.apps ");
  await completes("kubectl describe deployment im", "kubectl describe deployment image-deployment ");
  await completes("kubectl get pods --all-nam", "kubectl get pods --all-namespaces ");

  // Several: as far as they agree, and a list to choose from.
  const pods = await page.evaluate(async () => {
    const response = await window.tabernetes.fetch("/api/v1/namespaces/default/pods");
    return (await response.json()).items.map(({ metadata }) => metadata.name).sort();
  });
  assert.equal(pods.length, 2);
  assert.deepEqual((await offers("kubectl logs image")).sort(), pods);
  assert.match(await field.inputValue(), /^kubectl logs image-deployment-[0-9a-z]+-$/);
  await candidates.filter({ hasText: pods[1] }).click();
  assert.equal(await field.inputValue(), `kubectl logs ${pods[1]} `);
  const flags = await offers("kubectl get pods --s");
  for (const flag of ["--selector", "--show-labels", "--sort-by", "--show-kind"]) {
    assert.ok(
      flags.some((offered) => offered.startsWith(flag)),
      `${flag} in ${flags.join(" ")}`,
    );
  }
  assert.deepEqual((await offers("kubectl rollout ")).sort(), [
    "history",
    "pause",
    "restart",
    "resume",
    "status",
    "undo",
  ]);

  // What was completed runs.
  await completes("kubectl get deployment im", "kubectl get deployment image-deployment ");
  await field.press("Enter");
  await page
    .getByRole("log")
    .getByText(/image-deployment\s+2\/2/)
    .waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});
