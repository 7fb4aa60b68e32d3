/** Lessons as learners do them: by clicking and typing, by keyboard alone, in both languages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { apply, get, manifest, openPage, untilReady } from "./harness.mjs";
import { begun, goOn, goTo, openLesson, passed, predict, step, tabTo, type, WORDS } from "./learner.mjs";
import { chooseTheme, SIZES } from "./looks.mjs";
import { smallTargets } from "./targets.mjs";

const PATCH = `kubectl patch deployment image-deployment --patch '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2"}]}}}}'`;
const PAUSE = "kubectl rollout pause deployment image-deployment";

test("lesson 1 by clicking and typing: what is missing is told, each wrong way has its hint, a step begins again", async () => {
  const page = await openLesson({ lesson: "rolling-update" });
  await begun(page, "apply");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  const apply = step(page, "apply");
  await apply.locator(".check-now", { hasText: "image-deployment" }).waitFor();
  assert.equal(await apply.locator(".check").getAttribute("data-state"), "missing");
  await apply.getByRole("button", { name: "Hint" }).click();
  await apply.getByText("The file is in the terminal").waitFor();
  await apply.getByRole("button", { name: "Run" }).click();
  await passed(page, "apply");
  assert.equal(await apply.locator(".check").getAttribute("data-state"), "met");

  // Scaling the ReplicaSet is undone by the Deployment.
  await goTo(page, "6. Scale to three");
  await begun(page, "scale");
  await type(page, "kubectl scale replicaset -l app=image-update --replicas=3");
  await step(page, "scale").locator(".wrong-way").waitFor();
  await type(page, "kubectl scale deployment image-deployment --replicas=3");
  await passed(page, "scale");
  assert.equal(await step(page, "scale").locator(".wrong-way").count(), 0);

  // Without the pause the update goes through; the step begins again where it began.
  await goTo(page, "8. Change the image, then stop");
  const update = step(page, "update");
  await update.getByRole("spinbutton").fill("5");
  await update.getByRole("button", { name: "That is my prediction" }).click();
  await update.getByText("Noted.").waitFor();
  assert.ok(await update.locator("[data-block=debrief]").isHidden());
  await type(page, PATCH);
  await update.locator(".wrong-way").waitFor();
  await update.getByRole("button", { name: "Begin this step again" }).click();
  await update.locator(".wrong-way").waitFor({ state: "detached" });
  await update.locator(".check-now", { hasText: "v1" }).waitFor();
  await update.getByRole("spinbutton").fill("5");
  await update.getByRole("button", { name: "That is my prediction" }).click();
  await type(page, `${PATCH} && ${PAUSE}`);
  await passed(page, "update");
  await update.getByText("It came otherwise: 4").waitFor();
  assert.ok(await update.locator("[data-block=debrief]").isVisible());

  await goTo(page, "11. Go on");
  await step(page, "resume").getByRole("spinbutton").fill("2");
  await step(page, "resume").getByRole("button", { name: "That is my prediction" }).click();
  await step(page, "resume").getByRole("button", { name: "Run" }).first().click();
  await passed(page, "resume");
  await step(page, "resume").getByText("As you predicted.").waitFor();

  await goTo(page, "12. Go back");
  const undo = step(page, "undo");
  await begun(page, "undo");
  await type(page, "kubectl rollout undo deployment image-deployment --to-revision=2");
  await undo.locator(".wrong-way").waitFor();
  await undo.getByRole("radio").first().check();
  await undo.getByRole("button", { name: "That is my prediction" }).click();
  await type(page, "kubectl rollout undo deployment image-deployment");
  await passed(page, "undo");
  await page.getByText("You have done this lesson").waitFor();
  await page.getByText("2 of 3 predictions came true.").waitFor();
  assert.ok(await page.getByRole("link", { name: "Next: Not one failed request" }).isVisible());
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("lesson 1 by keyboard alone, in Chinese", async () => {
  const page = await openLesson({ lesson: "rolling-update", lang: "zh" });
  await begun(page, "apply");
  const keys = async (line) => {
    await page.keyboard.press("Escape");
    await tabTo(page, "[role=tab]");
    await page.keyboard.press("t");
    await page.keyboard.insertText(line);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
  };
  /** Leads to the lesson's tab, then to a place in its text. */
  const place = async (number) => {
    for (let presses = 0; presses < 5; presses++) {
      await page.keyboard.press("F6");
      if (await page.evaluate(() => document.activeElement?.id === "tab-lesson")) {
        break;
      }
    }
    await tabTo(page, ".lesson-place");
    await page.keyboard.press("Home");
    for (let press = 1; press < number; press++) {
      await page.keyboard.press("ArrowDown");
    }
    await page.locator(".lesson-pager span", { hasText: `${number} / 14` }).waitFor();
  };
  await place(2);
  await tabTo(page, ".step[data-step=apply] .runnable[data-kind=shell] .primary");
  await page.keyboard.press("Enter");
  await passed(page, "apply");
  await keys("kubectl scale deployment image-deployment --replicas=3");
  await passed(page, "scale");
  await place(8);
  await tabTo(page, ".step[data-step=update] input");
  await page.keyboard.type("4");
  await page.keyboard.press("Enter");
  await keys(`${PATCH} && ${PAUSE}`);
  await passed(page, "update");
  await step(page, "update").getByText("和你猜的一样。").waitFor();
  await keys("kubectl rollout resume deployment image-deployment");
  await passed(page, "resume");
  await place(12);
  await tabTo(page, ".step[data-step=undo] input");
  await page.keyboard.press("Space");
  await tabTo(page, ".step[data-step=undo] .question-form > button");
  await page.keyboard.press("Enter");
  await keys("kubectl rollout undo deployment image-deployment");
  await passed(page, "undo");
  await page.getByText("2 次预测中猜对了 2 次。").waitFor({ state: "attached" });
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("lesson 2 in Chinese: its start is there, each wrong way has its hint", async () => {
  const page = await openLesson({ lesson: "no-failed-request", lang: "zh" });
  await begun(page, "limits");
  await page.locator("[data-type=pod].state-ready").nth(3).waitFor();
  const patch = (template) => `kubectl patch deployment web --patch '${JSON.stringify({ spec: template })}'`;
  const container = (fields) => patch({ template: { spec: { containers: [{ name: "web", ...fields }] } } });

  await type(page, patch({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }));
  await step(page, "limits").locator(".wrong-way").waitFor();
  await type(page, "kubectl patch deployment web --patch-file limits.yaml");
  await passed(page, "limits");

  await page.getByRole("button", { name: "下一步", exact: true }).click();
  await begun(page, "readiness");
  await step(page, "readiness").getByRole("radio").last().check();
  await step(page, "readiness").getByRole("button", { name: "我就这样猜" }).click();
  await type(page, container({ readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } }));
  await step(page, "readiness").locator(".wrong-way").waitFor();
  await type(page, "kubectl patch deployment web --patch-file readiness.yaml");
  await passed(page, "readiness");
  await step(page, "readiness").getByText("和你猜的一样。").waitFor();

  await page.getByRole("button", { name: "下一步", exact: true }).click();
  await begun(page, "liveness");
  await type(
    page,
    container({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 1 } }),
  );
  await step(page, "liveness").locator(".wrong-way").waitFor();
  await type(page, "kubectl patch deployment web --patch-file liveness.yaml");
  await passed(page, "liveness");

  await page.getByRole("button", { name: "下一步", exact: true }).click();
  await type(page, "kubectl patch deployment web --patch-file goodbye.yaml");
  await passed(page, "goodbye");

  await page.getByRole("button", { name: "下一步", exact: true }).click();
  await begun(page, "update");
  const image = "kubectl set image deployment/web web=sim.tabernetes.dev/web";
  await type(page, `${image}:v2 && kubectl delete pods --all --wait=false`);
  await step(page, "update").locator(".wrong-way").waitFor();
  await step(page, "update").getByRole("button", { name: "重新开始这一步" }).click();
  await step(page, "update").locator(".wrong-way").waitFor({ state: "detached" });
  await step(page, "update").locator(".check-now", { hasText: "v1" }).waitFor();
  await type(page, patch({ strategy: { type: "Recreate", rollingUpdate: null } }));
  await step(page, "update").locator(".wrong-way").waitFor();
  await type(
    page,
    patch({ strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
  );
  await step(page, "update").getByRole("spinbutton").fill("0");
  await step(page, "update").getByRole("button", { name: "我就这样猜" }).click();
  await type(page, `${image}:v2`);
  await page.getByText("本课完成").waitFor();
  assert.equal(await step(page, "update").locator(".question-verdict").textContent(), "和你猜的一样。");
  assert.equal(await page.locator(".lesson-over p").first().textContent(), "2 次预测中猜对了 2 次。");
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("lesson 2 in English by its buttons and by typing: it goes on after a reload, and begins again", async () => {
  const words = WORDS.en;
  const page = await openLesson({ lesson: "no-failed-request", storage: "indexeddb" });
  const run = (id) => step(page, id).getByRole("button", { name: words.run, exact: true }).click();
  await begun(page, "limits");
  await run("limits");
  await passed(page, "limits");
  await goOn(page, words);
  await predict(page, "readiness", "listening", words);
  await type(page, "kubectl patch deployment web --patch-file readiness.yaml");
  await passed(page, "readiness");
  await begun(page, "liveness");
  await page.waitForTimeout(1000); // the last record is written

  await page.reload();
  await untilReady(page);
  await begun(page, "liveness");
  await passed(page, "readiness");
  await page.locator(".lesson-pager span", { hasText: "3 of 5" }).waitFor();
  const sent = await page.evaluate(() => window.tabernetes.traffic.stats("web"));
  assert.equal(sent.perSecond, 20);
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await step(page, "readiness").getByText(words.right).waitFor();
  await goOn(page, words);
  await run("liveness");
  await passed(page, "liveness");
  await goOn(page, words);
  await type(page, "kubectl patch deployment web --patch-file goodbye.yaml");
  await passed(page, "goodbye");
  await goOn(page, words);
  await step(page, "update").getByRole("spinbutton").fill("0");
  await step(page, "update").getByRole("button", { name: words.guess }).click();
  await run("update");
  await page.getByText("You have done this lesson").waitFor();
  await page.getByText("2 of 2 predictions came true.").waitFor();

  await page.getByRole("button", { name: "Begin the lesson again" }).click();
  await page.getByRole("button", { name: "Delete this cluster and begin again" }).click();
  await page.getByText("You have done this lesson").waitFor({ state: "hidden" });
  await untilReady(page);
  await begun(page, "limits");
  await page.getByText("0 of 5 steps").waitFor();
  const deployment = await get(page, "/apis/apps/v1/namespaces/default/deployments/web");
  assert.equal(deployment.metadata.generation, 1);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("the overview keeps the progress, which a file carries; a step can be skipped to; a lesson in a used cluster is read", async () => {
  const page = await openLesson({ lesson: "undo", lang: "en" }, { reducedMotion: "reduce" });
  const [first, second] = await page.evaluate(async () =>
    (await (await fetch("lessons/undo/lesson.json")).json()).steps.map(({ id }) => id),
  );
  await begun(page, first);
  await page.getByRole("button", { name: "Whole text" }).click();
  await step(page, second).getByRole("button", { name: "Skip to this step" }).click();
  await begun(page, second);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"]) {
      await chooseTheme(page, theme);
      assert.deepEqual(await accessibilityFaults(page, ".work"), [], `${size.width} px, ${theme}`);
      assert.deepEqual(await smallTargets(page), [], `${size.width} px, ${theme}`);
    }
  }
  await page.getByRole("button", { name: "All lessons" }).click();
  const entry = page.locator("[data-lesson=undo]");
  await entry.getByText("1 of ").waitFor();
  assert.equal(
    await page.locator(".lesson-entry").count(),
    await page.evaluate(async () => (await (await fetch("lessons/index.json")).json()).length),
  );
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save progress as a file" }).click();
  const file = await (await downloading).path();
  assert.deepEqual(await accessibilityFaults(page, ".work"), []);

  await page.evaluate(() => localStorage.clear());
  await page.goto(await page.locator("[data-lesson=quarter] a").getAttribute("href"));
  await untilReady(page);
  assert.match(page.url(), /lesson=quarter/);
  assert.doesNotMatch(page.url(), /cluster=/);
  await page.getByRole("button", { name: "All lessons" }).click();
  assert.equal(await entry.getByText("1 of ").count(), 0);
  await page.locator(".lesson-overview input[accept*=json]").setInputFiles(file);
  await page.getByText("has been added to yours").waitFor();
  await entry.getByText("1 of ").waitFor();
  await page.close();

  const used = await openPage({ storage: "indexeddb" });
  await apply(used, manifest());
  await used.waitForTimeout(1000);
  const address = new URL(used.url());
  address.searchParams.set("lesson", "undo");
  await used.goto(address.href);
  await untilReady(used);
  await used.getByText("the steps are not checked here").waitFor();
  const own = await used
    .getByRole("link", { name: "Do the lesson in a cluster of its own" })
    .getAttribute("href");
  assert.equal(new URL(own).searchParams.get("cluster"), null);
  assert.deepEqual(used.faults, []);
  await used.close();
});

test("a link for a class leaves out hints and solutions; the class is told of the progress by whoever agrees", async () => {
  const reports = [];
  const taken = (route) => {
    reports.push(route.request().postDataJSON());
    return route.fulfill({ status: 204 });
  };
  const page = await openLesson(
    { lesson: "rolling-update", class: "1", hints: "0", solutions: "0" },
    { routes: [["**/class/progress", taken]] },
  );
  await begun(page, "apply");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  for (const name of ["Hint", "Show me", "Skip", "Skip all steps"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, name);
  }
  await page.getByRole("textbox", { name: "Name" }).fill("Ada");
  await page.getByRole("button", { name: "Let the class see it" }).click();
  await page.getByText("The class sees how far Ada is.").waitFor();
  await step(page, "apply").getByRole("button", { name: "Run" }).click();
  await passed(page, "apply");
  await page.waitForFunction(() => document.querySelector(".lesson-head progress").value === 1);
  const lesson = "A rolling update, watched from inside";
  assert.deepEqual(reports, [
    { name: "Ada", lesson, passed: 0, steps: 5 },
    { name: "Ada", lesson, passed: 1, steps: 5 },
  ]);
  await page.close();

  const refusing = await openPage(
    { lesson: "rolling-update", class: "1" },
    { routes: [["**/class/progress", taken]] },
  );
  await refusing.getByRole("button", { name: "Rather not" }).click();
  assert.equal(reports.length, 2);
  await refusing.close();
});
