/** The panel that puts this page's cluster into other pages: its texts work where they are pasted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { collectEvents, eventsOf, frameOf, serveHosts } from "./embedding.mjs";
import { apply, BOOT_TIMEOUT, manifest, openPage, settle } from "./harness.mjs";
import { smallTargets } from "./targets.mjs";

const LIMIT = { timeout: BOOT_TIMEOUT };
const REPLICAS = 2;

const hosts = serveHosts();

/** Opens the panel on a page of the site that the hosts embed. */
async function openPanel(options = {}) {
  const page = await openPage(options.query, { url: hosts.site.url, ...options });
  await apply(page, manifest({ replicas: REPLICAS }));
  await settle(page);
  await page.getByRole("button", { name: "Share" }).click();
  const panel = page.getByRole("dialog", { name: "Put it into another page" });
  await panel.locator(".share-result:not(:empty)").waitFor();
  return { page, panel };
}

/** The text that the panel offers, once it is another one than before. */
async function choose(panel, label, option) {
  const before = await panel.locator(".share-result").innerText();
  await panel.getByLabel(label).selectOption(option);
  await panel.page().waitForFunction((before) => {
    const { textContent } = document.querySelector(".share-result");
    return textContent !== "" && textContent !== before;
  }, before);
  return panel.locator(".share-result").textContent();
}

test(
  "the texts for a page run there: the objects as YAML in an element, the cluster's state in a frame",
  LIMIT,
  async () => {
    const { page, panel } = await openPanel();
    await panel.getByLabel("It starts", { exact: true }).selectOption("auto");
    await panel.getByLabel("Diagram").check();
    await panel.getByLabel("Height in pixels").fill("320");
    await page.waitForFunction(() => document.querySelector(".share-result").textContent.includes("320"));
    const element = await panel.locator(".share-result").textContent();
    assert.match(element, /<script type="application\/yaml">\napiVersion: apps\/v1\nkind: Deployment/);
    const fence = await choose(panel, "It goes into", "fence");
    assert.match(fence, /^```tabernetes start=auto height=320 panes=diagram\napiVersion: apps\/v1/);
    await choose(panel, "It goes into", "frame");
    const frame = await choose(panel, "It starts with", "state");
    assert.match(frame, /^<iframe src="[^"]+embed\.html\?start=auto&amp;panes=diagram#state=1\./);
    await page.close();

    const pasted = await hosts.openHost(
      element.replace("<tabernetes-playground", '<tabernetes-playground id="a"'),
      {
        before: collectEvents,
      },
    );
    const first = await frameOf(pasted);
    await first
      .locator("[data-type=pod].state-ready")
      .nth(REPLICAS - 1)
      .waitFor();
    assert.deepEqual(await eventsOf(pasted, "error"), []);
    assert.deepEqual(pasted.faults, []);
    await pasted.close();

    const framed = await hosts.openHost(frame);
    const second = framed.frameLocator("iframe");
    await second
      .locator("[data-type=pod].state-ready")
      .nth(REPLICAS - 1)
      .waitFor();
    assert.deepEqual(framed.faults, []);
    await framed.close();
  },
);

test("the picture is the diagram, with nothing in it that runs or loads", LIMIT, async () => {
  const { page, panel } = await openPanel();
  const saved = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Save the picture" }).click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), "cluster.svg");
  const picture = (await (await download.createReadStream()).toArray()).join("");
  assert.match(picture, /image-deployment/);
  assert.doesNotMatch(picture, /<script|<style|href=| on[a-z]+=|class=|data-/);
  // It is as wide as the drawing with a margin, and has the colour of a ready pod.
  const { drawn, colour } = await page.evaluate(() => {
    const drawing = document.querySelector("svg.drawing");
    return {
      drawn: drawing.viewBox.baseVal.width,
      colour: getComputedStyle(drawing.querySelector(".pod .surface")).stroke,
    };
  });
  // The site's policy allows no image from an address of data.
  const viewer = await page.context().newPage();
  const { width, colours } = await viewer.evaluate(async (picture) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(picture)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const colours = new Set();
    const { data } = context.getImageData(0, 0, image.width, image.height);
    for (let at = 0; at < data.length; at += 4) {
      colours.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
    }
    return { width: image.width, colours: [...colours] };
  }, picture);
  assert.equal(Math.round(width - drawn), 32);
  assert.ok(colours.includes(colour), `no pixel of the picture is ${colour}, as a ready pod is`);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("the panel by keyboard, in both themes and languages, on a narrow page", LIMIT, async () => {
  for (const [lang, theme, width] of [
    ["en", "light", 1366],
    ["zh", "dark", 390],
  ]) {
    const page = await openPage(
      { lang, theme },
      { url: hosts.site.url, viewport: { width, height: 844 }, reducedMotion: "reduce" },
    );
    await page.keyboard.press("Control+k");
    await page.keyboard.type(lang === "en" ? "put it into another" : "放进别的网页");
    await page.keyboard.press("Enter");
    const panel = page.locator("dialog.share");
    await panel.locator(".share-result:not(:empty)").waitFor();
    assert.deepEqual(await accessibilityFaults(page, "dialog.share"), []);
    assert.deepEqual(await smallTargets(page), []);
    assert.ok(await panel.evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth));
    if (process.env.PICTURES !== undefined) {
      await page.screenshot({ path: `${process.env.PICTURES}/share-${lang}-${theme}-${width}.png` });
    }
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
    assert.deepEqual(page.faults, []);
    await page.close();
  }
});
