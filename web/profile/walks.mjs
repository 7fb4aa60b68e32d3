/** What profiles are made of besides the browser tests: node --test runs it, with SITE. */
import { test } from "node:test";
import { FIRST, time, timeLater } from "../bench/measures/kubectl.mjs";
import { keepPace } from "../bench/measures/pace.mjs";
import { rollOut } from "../bench/measures/rollouts.mjs";
import { begin, PODS, passHour, QUARTER } from "../bench/measures/soak.mjs";
import { openPage, settle, untilReady } from "../test/harness.mjs";

/** Host time after which the marks of what was called have been sent. */
const MARKS_MILLISECONDS = 3000;

/** Host time for a block of a lesson; one that follows something does not end. */
const BLOCK_MILLISECONDS = 15_000;

// All languages have the same blocks.
test("every block of each lesson, in order", { timeout: 2_400_000 }, async () => {
  const lessons = await (await fetch(new URL("lessons/index.json", process.env.SITE))).json();
  for (const lesson of lessons) {
    const page = await openPage({ rate: "20", lesson: lesson.id, lang: "en" });
    const blocks = page.locator(".runnable");
    await blocks.first().waitFor();
    for (const block of await blocks.all()) {
      await run(block);
      await settle(page);
    }
    await page.close();
  }
});

/** Presses the button of a block that does something in the cluster, if it has one. */
async function run(block) {
  const button = block.locator("button.primary");
  if ((await button.count()) === 0) {
    return;
  }
  await button.click();
  await block.page().waitForTimeout(200);
  try {
    await block.locator('button.primary[aria-disabled="false"]').waitFor({ timeout: BLOCK_MILLISECONDS });
  } catch {
    await block.locator("button.quiet", { hasText: /Stop|停止/ }).click();
  }
}

test("rolling updates as the bench has them", { timeout: 900_000 }, async () => {
  const page = await openPage({ kubelet: "instant", rate: "unlimited", nodes: "10" });
  for (const replicas of [3, 10, 100]) {
    await page.evaluate(rollOut, replicas);
  }
  await page.close();
});

test("a cluster that is stored, comes back and goes on", { timeout: 900_000 }, async () => {
  const page = await openPage({ cluster: "walk", storage: "indexeddb", nodes: "10", rate: "20" });
  await page.evaluate(rollOut, 30);
  for (let visit = 0; visit < 2; visit++) {
    await page.waitForTimeout(MARKS_MILLISECONDS);
    await page.reload();
    await untilReady(page);
    await settle(page);
    await page.evaluate(rollOut, 30);
  }
  await page.waitForTimeout(MARKS_MILLISECONDS);
  await page.close();
});

test("pods that take their time, as the bench has them", { timeout: 900_000 }, async () => {
  const page = await openPage({ nodes: "10" });
  await page.evaluate(keepPace, { pods: 30, steadyMilliseconds: 5000 });
  await page.close();
});

// A Deployment's history is full in the third, and its oldest ReplicaSets go.
test("three hours of the bench", { timeout: 900_000 }, async () => {
  const page = await openPage();
  await page.evaluate(begin, { pods: PODS });
  for (let hour = 0; hour < 3; hour++) {
    await page.evaluate(passHour, { first: 1 + 4 * hour, quarterSeconds: QUARTER * 60 });
  }
  await page.waitForTimeout(MARKS_MILLISECONDS);
  await page.close();
});

test("the commands of the bench", { timeout: 300_000 }, async () => {
  const page = await openPage({ kubelet: "instant" });
  await time(page, FIRST);
  await timeLater(page);
  await page.close();
});

test("a page that is left alone at several rates", { timeout: 300_000 }, async () => {
  const page = await openPage({ rate: "1" });
  for (const rate of [1, 100]) {
    await page.evaluate((rate) => window.tabernetes.clock.setRate(rate), rate);
    await page.waitForTimeout(5000);
  }
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 3600 }));
  await page.close();
});
