/** Fingers, wheel and mouse: the size of the diagram, and the line beside the work. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, openPage, settle } from "./harness.mjs";

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 8
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
`;

async function openRunning(options) {
  const page = await openPage({ rate: "10" }, { reducedMotion: "reduce", ...options });
  await apply(page, MANIFEST);
  await settle(page);
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.locator("[data-type=pod].state-ready").nth(7).waitFor();
  return page;
}

/** The size that the button between − and + tells, in percent. */
const zoom = async (page) => Number.parseInt(await page.locator(".zoom-value").textContent(), 10);
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
const apart = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/** Two fingers around a point, first `from` pixels apart, in the end `to`. */
async function pinch(page, { x, y }, from, to) {
  const session = await page.context().newCDPSession(page);
  const fingers = (distance) => [
    { id: 0, x: x - distance / 2, y },
    { id: 1, x: x + distance / 2, y },
  ];
  const touch = (type, touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", fingers(from));
  for (let step = 1; step <= 8; step++) {
    await touch("touchMove", fingers(from + ((to - from) * step) / 8));
  }
  await touch("touchEnd", []);
  await session.detach();
}

for (const viewport of [
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
]) {
  test(`two fingers change the size of the diagram around what they hold, ${viewport.width} px`, async () => {
    const page = await openRunning({ viewport, hasTouch: true });
    const pod = page.locator("[data-type=pod]").nth(2);
    await pod.scrollIntoViewIfNeeded();
    const before = middle(await pod.boundingBox());
    await pinch(page, before, 60, 120);
    await page.waitForFunction(
      () => Number.parseInt(document.querySelector(".zoom-value").textContent, 10) > 180,
    );
    const large = await zoom(page);
    assert.ok(large >= 180 && large <= 220, `fingers twice as far apart: ${large} %`);
    const held = middle(await pod.boundingBox());
    assert.ok(apart(before, held) < 12, `what was held is ${Math.round(apart(before, held))} px elsewhere`);
    assert.equal(await page.evaluate(() => visualViewport.scale), 1, "the page itself is not enlarged");
    await pinch(page, held, 120, 60);
    await page.waitForFunction(() => document.querySelector(".zoom-value").textContent === "100 %");
    assert.equal(await page.locator(".details-title").isVisible(), false, "a pinch chooses nothing");
    // One finger that does not move is a choice.
    const { x, y } = middle(await pod.boundingBox());
    await page.touchscreen.tap(x, y);
    await page.locator(".details-title", { hasText: "Pod web-" }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}

test("the wheel with Ctrl changes the size around the pointer, without it the diagram scrolls", async () => {
  const page = await openRunning();
  const pod = page.locator("[data-type=pod]").nth(2);
  const before = middle(await pod.boundingBox());
  await page.mouse.move(before.x, before.y);
  await page.keyboard.down("Control");
  for (let notch = 0; notch < 3; notch++) {
    await page.mouse.wheel(0, -60);
  }
  await page.keyboard.up("Control");
  await page.waitForFunction(
    () => Number.parseInt(document.querySelector(".zoom-value").textContent, 10) > 180,
  );
  const after = middle(await pod.boundingBox());
  assert.ok(
    apart(before, after) < 12,
    `what was pointed at is ${Math.round(apart(before, after))} px elsewhere`,
  );
  assert.equal(await page.evaluate(() => devicePixelRatio), 1, "the page itself is not enlarged");
  const size = await zoom(page);
  const top = await page.locator(".diagram-scroller").evaluate(({ scrollTop }) => scrollTop);
  await page.mouse.wheel(0, 40);
  await page.waitForFunction((top) => document.querySelector(".diagram-scroller").scrollTop > top, top);
  assert.equal(await zoom(page), size);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("the line beside the work is moved by mouse and by key, and stays there", async () => {
  const page = await openPage({}, { wait: false });
  const line = page.getByRole("separator", { name: "Width of the lesson and the editor" });
  const work = page.locator(".work");
  const width = async () => (await work.boundingBox()).width;
  const told = async () => Number(await line.getAttribute("aria-valuenow"));
  const percent = async () => ((await width()) / 1366) * 100;
  const agrees = async () => {
    const [said, is] = [await told(), await percent()];
    assert.ok(Math.abs(said - is) <= 0.5, `the line tells ${said} %, the pane has ${is} %`);
  };

  const at = middle(await line.boundingBox());
  const before = await width();
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 150, at.y + 30, { steps: 5 });
  await page.mouse.up();
  assert.ok(
    Math.abs((await width()) - before - 150) <= 8,
    `dragged 150 px: ${before} became ${await width()}`,
  );
  await agrees();
  const dragged = await width();
  await page.mouse.move(at.x + 400, at.y);
  assert.equal(await width(), dragged, "once it is let go, the mouse moves nothing");

  await line.focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(Math.abs((await width()) - dragged - 0.04 * 1366) < 1);
  await agrees();
  await page.keyboard.press("ArrowLeft");
  assert.ok(Math.abs((await width()) - dragged) < 1);
  await page.keyboard.press("Home");
  const least = await width();
  assert.ok(least < before, "narrower than at first");
  await agrees();
  await page.keyboard.press("ArrowRight");
  assert.ok((await width()) > least + 50, "the first press shows");
  await page.keyboard.press("End");
  const most = await width();
  assert.ok(most > dragged);
  await agrees();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);

  await page.reload();
  await line.waitFor();
  assert.ok(Math.abs((await width()) - most) < 8, "it is so again when the page is opened again");
  await page.close();
});
