/** What a class has: plain http under a name that is not loopback, from the program of the classroom zip. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startClassroom } from "./classprogram.mjs";
import { apply, CLASS_HOST, manifest, openPage, untilReady } from "./harness.mjs";

let classroom;
let port;

before(async () => {
  classroom = await startClassroom();
  port = classroom.port;
});
after(() => classroom?.close());

test("a learner rolls out the seed, uses kubectl and finds the cluster again", async () => {
  const page = await openPage({ storage: "indexeddb" }, { url: `http://${CLASS_HOST}:${port}/` });
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await page.evaluate((yaml) => window.tabernetes.apply(yaml), manifest({ replicas: 3 }));
  await page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
  const { stdout, code } = await page.evaluate(() => window.tabernetes.kubectl(["get", "pods"]));
  assert.equal(code, 0);
  assert.equal(stdout.match(/ Running /g)?.length, 3, stdout);
  await page.reload();
  await untilReady(page);
  const after = await page.evaluate(() => window.tabernetes.kubectl(["get", "pods"]));
  assert.equal(after.stdout.match(/ Running /g)?.length, 3, after.stdout);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("the teacher sees how far a learner is who agrees to it; learners do not", async () => {
  const learner = await openPage(
    { lesson: "rolling-update", class: "1", lang: "zh", rate: "20" },
    { url: `http://${CLASS_HOST}:${port}/` },
  );
  await learner.locator('.step[data-step="apply"][data-progress="open"]').waitFor({ state: "attached" });
  await learner.locator(".class-report input").fill("Ada");
  const answered = learner.waitForResponse("**/class/progress");
  await learner.locator(".class-report .primary").click();
  assert.equal((await answered).status(), 204);
  assert.equal(await learner.evaluate(async () => (await fetch("teacher/")).status), 403);
  await apply(learner, manifest());
  await learner.locator('.step[data-step="apply"][data-progress="passed"]').waitFor({ state: "attached" });
  assert.deepEqual(learner.faults, []);

  const teacher = await learner.context().newPage();
  await teacher.goto(`http://127.0.0.1:${port}/teacher/?lang=zh`);
  await teacher.locator("tbody tr", { hasText: /Ada.*1 \/ 5/s }).waitFor();
  assert.equal(await teacher.evaluate(() => document.querySelector("img").naturalWidth > 0), true);
  const link = await teacher.locator("figcaption a").first().getAttribute("href");
  assert.match(link, /\?class=1&lang=zh$/);
  await learner.context().close();
});
