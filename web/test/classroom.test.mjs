/** What a class has: plain http under a name that is not loopback, from the program of the classroom zip. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CLASS_HOST, manifest, openPage, untilReady } from "./harness.mjs";

const path = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const PROGRAM = path(
  `bin/classroom/classroom-${process.platform}-${process.arch === "arm64" ? "arm64" : "amd64"}`,
);

let program;
let port;

before(async () => {
  program = spawn(PROGRAM, ["--dir", path(".cache/static"), "--port", "0", "--lan"]);
  port = await new Promise((resolve, reject) => {
    program.once("exit", (code) => reject(new Error(`the program has ended with ${code}`)));
    program.stdout.on("data", (said) => {
      const [, announced] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said) ?? [];
      if (announced !== undefined) {
        resolve(announced);
      }
    });
  });
});
after(() => program.kill());

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

test("the teacher sees who is how far, learners do not", async () => {
  const report = { name: "Ada", lesson: "Undo", passed: 2, steps: 4 };
  const learner = await openPage({}, { url: `http://${CLASS_HOST}:${port}/`, wait: false });
  const statuses = await learner.evaluate(async (body) => {
    const sent = await fetch("class/progress", { method: "POST", body: JSON.stringify(body) });
    const seen = await fetch("teacher/");
    return [sent.status, seen.status];
  }, report);
  assert.deepEqual(statuses, [204, 403]);
  await learner.goto(`http://127.0.0.1:${port}/teacher/?lang=zh`);
  assert.match(await learner.textContent("tbody tr"), /Ada\s*Undo\s*2 \/ 4/);
  assert.equal(await learner.evaluate(() => document.querySelector("img").naturalWidth > 0), true);
  await learner.close();
});
