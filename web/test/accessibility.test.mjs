import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { apply, manifest, openPage, settle, typeYaml } from "./harness.mjs";
import { chooseTheme, SIZES } from "./looks.mjs";
import { smallTargets } from "./targets.mjs";

/** What is opened over the page, by the id of its heading or its class. */
const DIALOGS = [
  ["the palette", (page) => page.keyboard.press("Control+k")],
  ["the keys", (page) => page.locator(".header-actions button").nth(3).click()],
  ["what is real", (page) => page.locator(".header-actions button").nth(1).click()],
  ["about", (page) => page.locator(".header-actions button").nth(2).click()],
  ["the clusters", (page) => page.locator(".header-actions button").nth(4).click()],
  ["the reset", (page) => page.locator(".header-actions button").nth(5).click()],
  ["the changes", (page) => page.locator(".editor-actions > button").nth(1).click()],
  ["a new file", (page) => page.locator(".file-buttons button").first().click()],
];

test("axe finds nothing in any size, theme and language, in any state; every target has 24 pixels", async (t) => {
  const page = await openPage({ rate: "10" }, { reducedMotion: "reduce" });
  /** Of the whole page, or of the part that a selector names, which alone has changed. */
  const check = async (state, part) => {
    assert.deepEqual(await accessibilityFaults(page, part), [], state);
    assert.deepEqual(await smallTargets(page), [], state);
  };
  await check("an empty cluster");
  await apply(page, manifest({ replicas: 3 }));
  await settle(page);
  await page.evaluate(() => window.tabernetes.clock.pause());
  await apply(page, manifest({ replicas: 3, tag: "v2" }));
  for (let step = 0; step < 8; step++) {
    await page.evaluate(() => window.tabernetes.clock.step());
  }
  await typeYaml(page, `${manifest({ replicas: 3, tag: "v2" })}        imagePulPolicy: Always\n`);
  await page.locator(".verdict-bad").waitFor();
  await page.evaluate(() => window.tabernetes.run("kubectl get pods"));

  for (const viewport of SIZES) {
    for (const lang of ["en", "zh"]) {
      for (const theme of ["light", "dark"]) {
        await t.test(`${viewport.width} px, ${lang}, ${theme}`, async () => {
          // What failed may have left something open.
          await page.evaluate(() => document.querySelector("dialog[open]")?.close());
          await page.setViewportSize(viewport);
          await page.locator(".header-actions select").selectOption(lang);
          await chooseTheme(page, theme);
          await page.locator("[data-type=head]").first().click();
          await page.locator(".details .why-link, .details .why-fine").first().waitFor();
          await check("in the middle of a rollout, with details");
          for (const [name, open] of DIALOGS) {
            await open(page);
            await page.locator("dialog[open]").waitFor();
            await check(name, "dialog[open]");
            await page.keyboard.press("Escape");
            await page.locator("dialog[open]").waitFor({ state: "detached" });
          }
          for (const tab of ["timeline", "events", "terminal"]) {
            await page.locator(`#tab-${tab}`).click();
            await check(tab, ".dock");
          }
          // What looks alike at each size is looked at in one of them, in each theme and each language once.
          if (viewport.width === 1366 && (lang === "en") === (theme === "light")) {
            await page.locator("#tab-details").click();
            for (const view of ["arithmetic", "yaml", "happened", "revisions"]) {
              await page.locator(`#tab-${view}`).click();
              await check(view, ".dock");
            }
            await page.locator("#tab-why").click();
            await page.locator("#tab-timeline").click();
            await page.locator(".timeline-chart path").first().waitFor({ state: "attached" });
            const table = page
              .locator(".timeline")
              .getByRole("button", { name: /^(Table|表格|Chart|图表)$/ });
            await table.click();
            await check("the timeline as a table", ".dock");
            await table.click();
            await page.locator("#tab-lesson").click();
            await page.locator(".lesson-entry a").first().waitFor();
            await check("the lessons", ".work");
            await page.locator("#tab-editor").click();
          }
        });
      }
    }
  }
  assert.deepEqual(page.faults, []);
  await page.close();
});
