import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { get, openPage, settle } from "./harness.mjs";
import { chooseTheme, SIZES } from "./looks.mjs";

/** One page for all, begun as a newcomer begins; each test goes on from the one before. */
let page;

before(async () => {
  page = await openPage();
});

after(async () => {
  await page?.close();
});

const focusedName = () =>
  page.evaluate(() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) {
      focused = focused.shadowRoot.activeElement;
    }
    return focused?.getAttribute("aria-label") ?? focused?.textContent ?? "";
  });

/** Presses a key until what has the focus is named so. */
async function pressUntil(key, name, most = 40) {
  for (let press = 0; press < most && !name.test(await focusedName()); press++) {
    await page.keyboard.press(key);
  }
  assert.match(await focusedName(), name);
}

test("a newcomer sees a rolling update by one press, by the keyboard alone", async () => {
  await pressUntil("Tab", /^Go to the diagram$/, 1);
  await page.keyboard.press("Enter");
  await pressUntil("Tab", /^Show me a rolling update$/);
  await page.keyboard.press("Enter");
  // The second revision beside the first; the limit only ends a test that would fail.
  await page.locator("[data-type=lane]").nth(1).waitFor({ timeout: 120_000 });
  assert.ok((await page.locator("[data-type=pod]").count()) >= 4);
  await page.getByRole("slider", { name: "Timeline of rolling-update" }).waitFor();
  assert.deepEqual(page.faults, []);
});

test("and goes on with the keyboard alone: look, ask why, change, hold time, type kubectl", async () => {
  await settle(page);
  // To the diagram, and from the Deployment over its ReplicaSet to a pod.
  await page.keyboard.press("d");
  await page.keyboard.press("Home");
  await pressUntil("ArrowDown", /^Deployment rolling-update/);
  await pressUntil("ArrowRight", /^ReplicaSet rolling-update-/);
  await pressUntil("ArrowRight", /^Pod rolling-update-/);
  const pod = /^Pod (\S+?),? /.exec(await focusedName())[1];
  await page.keyboard.press("Enter");
  await page.locator(".details-title", { hasText: pod }).waitFor();
  await page.keyboard.press("i");
  assert.match(await focusedName(), /^Details$/);
  await pressUntil("Tab", /^Why$/);
  await page.locator(".why-fine").waitFor();

  // Back to the Deployment; another image by its action.
  await page.keyboard.press("d");
  await pressUntil("ArrowLeft", /^Deployment rolling-update/);
  await page.locator(".details-title", { hasText: "Deployment rolling-update" }).waitFor();
  await page.keyboard.press("p");
  await page.waitForFunction(() => window.tabernetes.clock.paused);
  await page.keyboard.press("i");
  await pressUntil("Tab", /^Image$/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1");
  await page.keyboard.press("Enter");
  await page
    .locator(".action-said .command-line", { hasText: "kubectl set image deployment/rolling-update nginx=" })
    .waitFor();

  // Time is held: a step at a time, then it goes on.
  const before = (await get(page, "/apis/apps/v1/replicasets")).metadata.resourceVersion;
  await page.keyboard.press("d");
  await page.keyboard.press(".");
  await page.waitForFunction(async (before) => {
    const response = await window.tabernetes.fetch("/apis/apps/v1/replicasets");
    return (await response.json()).metadata.resourceVersion !== before;
  }, before);
  await page.keyboard.press("p");
  await page.waitForFunction(() => !window.tabernetes.clock.paused);
  await page.keyboard.press("s");

  await page.keyboard.press("t");
  await page.keyboard.type("kubectl get deployment rolling-update");
  await page.keyboard.press("Enter");
  await page.locator(".terminal", { hasText: "UP-TO-DATE" }).waitFor({ timeout: 60_000 });
  assert.deepEqual(page.faults, []);
});

/** Opens the palette, types and takes the first command. */
async function command(query, name) {
  await page.keyboard.press("Control+k");
  await page.locator(".palette-input").fill(query);
  const first = page.locator(".palette-option[aria-selected=true]");
  await first.filter({ hasText: name }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".palette[open]").waitFor({ state: "detached" });
}

const annotations = async (node) => (await get(page, `/api/v1/nodes/${node}`)).metadata.annotations;

test("nodes fail and come back without typing, each with its kubectl line", async () => {
  await page.evaluate(() => window.tabernetes.clock.setRate(10));
  await page.locator("#diagram").focus();
  const said = (text) => page.locator(".action-said .command-line", { hasText: text }).waitFor();

  await command("node-2 plug", "Pull the plug");
  await said("kubectl annotate node node-2 sim.tabernetes.dev/power=off --overwrite");
  assert.equal((await annotations("node-2"))["sim.tabernetes.dev/power"], "off");
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 120 }));
  await page.locator(".details .tab-list").getByRole("tab", { name: "Why" }).click();
  await page.locator(".why-root", { hasText: "node-2" }).waitFor();
  await command("node-2 power on", "Power on");
  await said("kubectl annotate node node-2 sim.tabernetes.dev/power-");
  await settle(page);

  await page.locator("[data-type=node]", { hasText: "node-3" }).click();
  const details = page.locator(".details");
  const machine = details.getByRole("combobox", { name: "The machine" });
  for (const [entry, name, value] of [
    ["Cut off its network", "network", "partitioned"],
    ["Connect its network", "network", undefined],
    ["Slow network: pulls take 20 times as long", "slow-network", "20"],
    ["Network at full speed", "slow-network", undefined],
  ]) {
    await machine.selectOption({ label: entry });
    await said(`sim.tabernetes.dev/${name}${value === undefined ? "-" : `=${value}`}`);
    assert.equal((await annotations("node-3"))[`sim.tabernetes.dev/${name}`], value, entry);
  }
  await machine.selectOption({ label: "Reboot" });
  await said("sim.tabernetes.dev/reboot=");
  await settle(page);

  await details.getByRole("button", { name: "Cordon", exact: true }).click();
  await said("kubectl cordon node-3");
  await details.getByRole("button", { name: "Uncordon", exact: true }).click();
  await said("kubectl uncordon node-3");
  await details.getByRole("button", { name: "Drain", exact: true }).click();
  await page.locator(".terminal", { hasText: "node/node-3 drained" }).waitFor({ timeout: 60_000 });
  await command("node-3 uncordon", "Uncordon");
  await settle(page);
  assert.deepEqual(page.faults, []);
});

test("keys are given other actions; one that is taken is told; all go back", async () => {
  await page.locator("#diagram").focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await sheet.getByRole("button", { name: /^Pause or go on: p/ }).click();
  await page.keyboard.press("s");
  await sheet.getByText('s is taken: "Skip until everything is settled"').waitFor();
  await page.keyboard.press("k");
  await sheet.getByText("Pause or go on: k.").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#diagram").focus();
  await page.keyboard.press("k");
  await page.waitForFunction(() => window.tabernetes.clock.paused);
  await page.keyboard.press("k");
  await page.waitForFunction(() => !window.tabernetes.clock.paused);
  await page.keyboard.press("?");
  await sheet.getByRole("button", { name: "All as at first" }).click();
  await sheet.getByRole("button", { name: /^Pause or go on: p/ }).waitFor();
  await page.keyboard.press("Escape");
});

test("F6 goes from pane to pane, out of the editor too", async () => {
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("textbox", { name: "YAML editor" }).click();
  await page.keyboard.press("F6");
  assert.equal(await page.evaluate(() => document.activeElement.id), "diagram");
  await page.keyboard.press("F6");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".dock") !== null), true);
  await page.keyboard.press("Shift+F6");
  assert.equal(await page.evaluate(() => document.activeElement.id), "diagram");
});

test("the about panel has versions, modules and licences", async () => {
  await command("about", "About Tabernetes");
  const about = page.getByRole("dialog", { name: "About Tabernetes" });
  await about.getByText("v1.37.2").first().waitFor();
  await about.getByText(/The \d{2,} modules in it/).click();
  await about.getByRole("row", { name: /^k8s.io\/apiserver v0/ }).waitFor();
  const licences = await page.evaluate(
    async (link) => (await fetch(link)).text(),
    await about.getByRole("link", { name: "Licences of all parts" }).getAttribute("href"),
  );
  assert.match(licences, /Apache License/);
  await page.keyboard.press("Escape");
});

const WORDS = {
  en: { restart: "Restart", real: "What is real here", query: "deployment restart", realQuery: "real" },
  zh: { restart: "重启", real: "哪些是真的", query: "deployment 重启", realQuery: "真的" },
};

for (const viewport of SIZES) {
  for (const lang of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      test(`the palette acts at ${viewport.width} px, ${lang}, ${theme}`, async () => {
        const words = WORDS[lang];
        await page.setViewportSize(viewport);
        await page.locator(".header-actions select").selectOption(lang);
        await chooseTheme(page, theme);
        await page.locator("#diagram").focus();
        await command(words.query, words.restart);
        await page
          .locator(".action-said .command-line", {
            hasText: "kubectl rollout restart deployment/rolling-update",
          })
          .waitFor();
        await command(words.realQuery, words.real);
        const dialog = page.getByRole("dialog", { name: words.real });
        await dialog.getByText("v1.37.2").waitFor();
        await page.keyboard.press("Escape");
        assert.equal(
          await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          true,
          "nothing is wider than the page",
        );
        assert.deepEqual(page.faults, []);
      });
    }
  }
}
