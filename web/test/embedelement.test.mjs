/** The attributes of `<tabernetes-playground>`: what it starts from, when, and what of the page it shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { collectEvents, eventsOf, frameOf, REPLICAS, serveHosts } from "./embedding.mjs";
import { BOOT_TIMEOUT, manifest, openPage } from "./harness.mjs";

const LIMIT = { timeout: BOOT_TIMEOUT };

const hosts = serveHosts({ "/shop.yaml": manifest({ replicas: 2 }).replace("image-deployment", "shop") });
const { openHost } = hosts;

/** Waits until a frame shows so many ready pods. */
const untilReady = (frame, pods) =>
  frame
    .locator("[data-type=pod].state-ready")
    .nth(pods - 1)
    .waitFor();

test(
  "start=visible waits until it is seen; src is a file of the host's page; rate and seed are as given",
  LIMIT,
  async () => {
    const page = await openHost(
      `<div style="height: 3000px">A long text</div>
      <tabernetes-playground id="a" start="visible" src="/shop.yaml" rate="10" seed="7" panes="diagram"></tabernetes-playground>`,
      { before: collectEvents },
    );
    await page.waitForFunction(() => document.getElementById("a")?.shadowRoot !== null);
    assert.equal(page.workers().length, 0);
    await page.locator("#a").scrollIntoViewIfNeeded();
    const frame = await frameOf(page);
    await untilReady(frame, 2);
    const { rate } = await page.evaluate(() => document.getElementById("a").api.clock.state());
    assert.equal(rate, 10);
    // The seed decides the names that the page's text may tell.
    const names = () =>
      page.evaluate(async () => {
        const { stdout } = await document.getElementById("a").api.kubectl(["get", "pods", "-o", "name"]);
        return stdout;
      });
    const first = await names();
    assert.match(first, /^pod\/shop-/);
    await page.evaluate(() => document.getElementById("a").api.reset());
    await untilReady(frame, 2);
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test(
  "src is a file of the site itself; start=auto needs no click; every pane can be asked for",
  LIMIT,
  async () => {
    const page = await openHost(
      `<tabernetes-playground id="a" start="auto" height="600" lang="en"
      src="${hosts.site.url}lessons/rolling-update/roll_update.yaml"
      panes="diagram timeline editor terminal lesson events"></tabernetes-playground>`,
      { before: collectEvents },
    );
    const frame = await frameOf(page);
    await untilReady(frame, 1);
    for (const tab of ["Lesson", "Editor", "Timeline", "Events", "Terminal"]) {
      await frame.getByRole("tab", { name: tab, exact: true }).click();
      await frame.getByRole("tabpanel", { name: tab, exact: true }).waitFor();
    }
    assert.match(
      await frame.getByRole("tabpanel", { name: "Editor", includeHidden: true }).textContent(),
      /roll_update\.yaml/,
    );
    const height = await page.evaluate(
      () => document.getElementById("a").shadowRoot.querySelector("iframe").clientHeight,
    );
    assert.equal(Math.round(height), 598); // 600 with its border
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test(
  "state, read-only, without hints, as high as its content: nothing can be changed, and nothing is suggested",
  LIMIT,
  async () => {
    const maker = await openPage({});
    await maker.evaluate((yaml) => window.tabernetes.apply(yaml), manifest({ replicas: REPLICAS }));
    await maker.evaluate(() => window.tabernetes.clock.skip());
    const state = new URL(await maker.evaluate(() => window.tabernetes.clusters.link())).hash.split(
      "=",
      2,
    )[1];
    const names = await maker.evaluate(async () => {
      const { items } = await (await window.tabernetes.fetch("/api/v1/namespaces/default/pods")).json();
      return items.map(({ metadata }) => metadata.name).sort();
    });
    await maker.close();

    const page = await openHost(
      `<tabernetes-playground id="a" start="auto" state="${state}" readonly hide-hints height="auto" lang="en"
        lesson="bad-image" panes="diagram editor lesson"></tabernetes-playground>`,
      { before: collectEvents },
    );
    const frame = await frameOf(page);
    await untilReady(frame, REPLICAS);
    const shown = await page.evaluate(async () => {
      const { items } = await (
        await document.getElementById("a").api.fetch("/api/v1/namespaces/default/pods")
      ).json();
      return items.map(({ metadata }) => metadata.name).sort();
    });
    assert.deepEqual(shown, names);
    assert.equal(
      await frame
        .locator(
          ".editor-actions:visible, .header-reset:visible, .try-next:visible, .welcome-buttons:visible",
        )
        .count(),
      0,
    );
    // The lesson has hints, and does not show them.
    await frame.locator("details.hint").first().waitFor({ state: "attached" });
    assert.equal(await frame.locator("details.hint:visible").count(), 0);
    // The frame follows its content, also when that becomes another.
    const height = () =>
      page.evaluate(() => document.getElementById("a").shadowRoot.querySelector("iframe").clientHeight);
    const content = () => frame.evaluate(() => document.body.getBoundingClientRect().height);
    await page.waitForFunction(
      (height) =>
        Math.abs(document.getElementById("a").shadowRoot.querySelector("iframe").clientHeight - height) <= 2,
      await content(),
    );
    await page.evaluate(() => document.getElementById("a").setAttribute("height", "300"));
    assert.equal(await height(), 298);
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test(
  "yaml as an attribute, and hints: what it starts with is applied, and the page suggests what comes next",
  LIMIT,
  async () => {
    const page = await openHost('<tabernetes-playground id="a" lang="en"></tabernetes-playground>', {
      before: collectEvents,
    });
    await page.evaluate(
      (yaml) => document.getElementById("a").setAttribute("yaml", yaml),
      manifest({ replicas: REPLICAS }),
    );
    await page.waitForFunction(() =>
      document.getElementById("a").shadowRoot.querySelector("iframe")?.src.includes("yaml="),
    );
    const frame = await frameOf(page);
    await frame.getByRole("button", { name: "Start" }).click();
    await untilReady(frame, REPLICAS);
    await frame.locator(".try-next").waitFor();
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);
