/** What the drawings tell by how they are drawn: their size beside the text, and which pod is the same pod. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, openPage, settle } from "./harness.mjs";
import { printed } from "./terminal.mjs";

const manifest = (container) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - ${container}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

/** Pixels for one of a drawing's own, and how wide drawing and window are. */
const drawn = (page, selector) =>
  page.locator(selector).evaluate((drawing) => ({
    magnification: drawing.getScreenCTM().a,
    width: drawing.getBoundingClientRect().width,
    room: drawing.parentElement.clientWidth,
    root: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  }));

/** A time below the chart and a point above it, once the chart has the width of its place. */
async function drawnTick(page) {
  const drawn = await page.waitForFunction(() => {
    const place = document.querySelector(".timeline-slider").getBoundingClientRect();
    const chart = document.querySelector(".timeline-chart").getBoundingClientRect();
    const tick = document.querySelector(".timeline-chart .axis.middle");
    if (tick === null || Math.abs(chart.width - place.width) > 1) {
      return null;
    }
    const { left, right } = tick.getBoundingClientRect();
    return { time: tick.textContent, x: (left + right) / 2, y: (place.top + place.bottom) / 2 };
  });
  return drawn.jsonValue();
}

test("diagram and charts grow with the text of the page", async () => {
  const page = await openPage({ rate: "10" });
  await apply(page, manifest('{name: web, image: "nginx:1.27"}'));
  await settle(page);
  await page.evaluate(() => window.tabernetes.traffic.start("front", 20));
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 10 }));
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.locator(".timeline-chart .requests-text").first().waitFor();
  for (const [size, root] of [
    [{ width: 1366, height: 768 }, 16],
    [{ width: 1920, height: 1080 }, 19],
    [{ width: 390, height: 844 }, 16],
  ]) {
    await page.setViewportSize(size);
    for (const selector of ["svg.drawing", "svg.timeline-chart"]) {
      await page.waitForFunction(
        ([selector, expected]) =>
          Math.abs(document.querySelector(selector).getScreenCTM().a - expected) < 0.01,
        [selector, root / 16],
      );
      const picture = await drawn(page, selector);
      assert.equal(picture.root, root);
      assert.ok(picture.width <= picture.room + 1, `${selector}: ${picture.width} of ${picture.room} px`);
    }
    await page.locator(".timeline-slider").scrollIntoViewIfNeeded();
    // A place in the chart is the same moment to the pointer as to the eye.
    const tick = await drawnTick(page);
    await page.mouse.move(tick.x, tick.y);
    const [hours, minutes, seconds] = tick.time.split(":").map(Number);
    const said = await page.locator(".timeline-readout").textContent();
    const at = /(\d\d):(\d\d):(\d\d)/.exec(said).slice(1).map(Number);
    const apart = (at[0] - hours) * 3600 + (at[1] - minutes) * 60 + at[2] - seconds;
    assert.ok(Math.abs(apart) <= 1, `${said} under ${tick.time}`);
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.waitForFunction(() => {
    const { scrollHeight, clientHeight } = document.querySelector(".diagram-scroller");
    return scrollHeight <= clientHeight;
  });
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("a restarted container stays the same pod in its place; a replaced pod leaves and another arrives", async () => {
  const page = await openPage({ rate: "10" });
  // Its first process ends when it is asked to.
  const command = `[sh, -c, "trap 'exit 1' TERM; while true; do sleep 1; done"]`;
  await apply(page, manifest(`{name: web, image: "busybox:1.36", command: ${command}}`));
  await settle(page);
  const pods = () =>
    page.locator("svg.drawing [data-type=pod]").evaluateAll((boxes) =>
      boxes.map((box) => ({
        key: box.dataset.key,
        name: /^Pod (\S+),/.exec(box.ariaLabel)[1],
        label: box.ariaLabel,
        place: box.style.transform,
        words: box.textContent,
      })),
    );
  const find = async (key) => (await pods()).find((pod) => pod.key === key);
  await page.locator("[data-type=pod].state-ready").nth(2).waitFor();
  const before = await pods();
  assert.equal(before.length, 3);
  const [restarted, replaced] = before;
  const element = await page.locator(`[data-key="${restarted.key}"]`).elementHandle();

  // Its first process ends, and the kubelet starts the container again.
  await printed(page, `kubectl exec ${restarted.name} -- sh -c 'kill 1'`);
  await page.locator(`[data-key="${restarted.key}"][aria-label*="1 restart"]`).waitFor({ timeout: 60_000 });
  await settle(page);
  await page.locator(`[data-key="${restarted.key}"].state-ready`).waitFor();
  const after = await pods();
  assert.deepEqual(after.map(({ key }) => key).sort(), before.map(({ key }) => key).sort());
  assert.equal((await find(restarted.key)).place, restarted.place);
  assert.match((await find(restarted.key)).words, /1 restart/);
  assert.ok(await element.evaluate((box) => box.isConnected), "what was drawn for the pod stays");
  assert.equal(after.filter(({ words }) => /restart/.test(words)).length, 1, "no other tells of a restart");

  // One is deleted: while it ends, the other is there already, elsewhere.
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.evaluate(
    (name) => window.tabernetes.fetch(`/api/v1/namespaces/default/pods/${name}`, { method: "DELETE" }),
    replaced.name,
  );
  await page.locator(`[data-key="${replaced.key}"].state-terminating`).waitFor();
  const known = before.map(({ key }) => key);
  const arrived = async () => (await pods()).find(({ key }) => !known.includes(key));
  for (let step = 0; step < 10 && (await arrived()) === undefined; step++) {
    await page.evaluate(() => window.tabernetes.clock.step());
    await page.waitForTimeout(100);
  }
  const both = [await find(replaced.key), await arrived()];
  assert.match(both[0].label, /Terminating/i);
  assert.equal(both[0].place, replaced.place, "the one that ends keeps its place");
  assert.notEqual(both[1].place, replaced.place);
  assert.notEqual(both[1].name, replaced.name);
  await settle(page);
  await page.locator(`[data-key="${replaced.key}"]`).waitFor({ state: "detached" });
  await page.locator(`[data-key="${both[1].key}"].state-ready`).waitFor();
  assert.doesNotMatch((await find(both[1].key)).label, /restart/, "a new pod has restarted nothing");
  assert.match((await find(restarted.key)).label, /1 restart/);
  assert.equal((await pods()).length, 3);
  assert.deepEqual(page.faults, []);
  await page.close();
});
