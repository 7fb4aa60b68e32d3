/**
 * The last lesson, whose fault goes with the seed, from start to end in both languages;
 * a question of order, and the copy of a lesson's cluster.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { get, untilReady } from "./harness.mjs";
import { begun, goOn, goTo, openLesson, passed, predict, step, type, WORDS } from "./learner.mjs";

/** The last lesson, as two learners get it whose links differ in the seed. */
const FAULTS = [
  {
    seed: 1,
    lang: "en",
    missing: /v20/,
    noticedBy: "nobody",
    cause: "image-tag",
    wrong: "kubectl set image deployment/shop shop=sim.tabernetes.dev/web:latest",
    hint: /This tag exists/,
    repair: "kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2",
    over: ["You have done this lesson", "2 of 2 predictions came true."],
  },
  {
    seed: 5,
    lang: "zh",
    missing: /请求/,
    noticedBy: "everybody",
    cause: "selector",
    wrong: "kubectl rollout restart deployment/shop",
    hint: /重启/,
    repair: `kubectl patch service shop --type=json --patch '[{"op":"remove","path":"/spec/selector/tier"}]'`,
    over: ["本课完成", "2 次预测中猜对了 2 次。"],
  },
];

for (const { seed, lang, missing, noticedBy, cause, wrong, hint, repair, over } of FAULTS) {
  test(`the capstone with the fault of seed ${seed}, ${cause}, in ${lang}: looked at, diagnosed, repaired`, async () => {
    const words = WORDS[lang];
    const page = await openLesson({ lesson: "capstone", seed, lang, rate: 50 });
    await begun(page, "repair");
    await step(page, "look").getByRole("button", { name: words.run, exact: true }).click();
    await step(page, "look").locator(".block-text", { hasText: "deployment.apps/shop" }).waitFor();
    await predict(page, "look", noticedBy, words);
    await step(page, "look").getByText(words.right).waitFor();

    await goOn(page, words);
    await step(page, "repair").locator(".check-now", { hasText: missing }).waitFor();
    await type(page, wrong);
    await step(page, "repair").locator(".wrong-way", { hasText: hint }).waitFor();
    await predict(page, "repair", cause, words);
    await type(page, repair);
    await passed(page, "repair");
    await step(page, "repair").getByText(words.right).waitFor();
    assert.ok(await step(page, "repair").locator("[data-block=debrief]").isVisible());
    for (const text of over) {
      await page.getByText(text).waitFor();
    }
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}

test("a prediction of an order is put together by keyboard and scored; a copy of the cluster is nobody's lesson", async () => {
  const words = WORDS.en;
  const page = await openLesson({ lesson: "recreate", storage: "indexeddb" });
  await begun(page, "strategy");
  await step(page, "strategy").getByRole("button", { name: "Show me" }).click();
  await passed(page, "strategy");
  await begun(page, "update");
  await goOn(page, words);
  const question = step(page, "update").locator(".question-form", { hasText: "In which order" });
  // The step's own question comes first: how many Pods are left.
  await step(page, "update").getByRole("spinbutton").fill("0");
  await step(page, "update").getByRole("button", { name: words.guess }).first().click();
  const items = () => question.locator("li > span").allTextContents();
  const [made, told, ready, ended] = await items();
  const up = (label) => question.getByRole("button", { name: `Move up: ${label}` });
  // The focus goes along with what moves, so that a key pressed twice moves it twice.
  await up(ended).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.deepEqual(await items(), [made, ended, told, ready]);
  await up(told).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.deepEqual(await items(), [told, made, ended, ready]);
  await up(ended).click();
  await question.getByRole("button", { name: words.guess }).click();
  await question.getByText("Noted.").waitFor();
  await step(page, "update").getByRole("button", { name: words.run, exact: true }).click();
  await passed(page, "update");
  await question.getByText(words.right).waitFor();

  await goTo(page, "4. Back");
  await page.getByRole("button", { name: "Try things in a copy of this cluster" }).click();
  await page.waitForURL(/cluster=sandbox/);
  await untilReady(page);
  const { spec } = await get(page, "/apis/apps/v1/namespaces/default/deployments/store");
  assert.equal(spec.template.spec.containers[0].image, "sim.tabernetes.dev/web:v2");
  assert.equal(await page.locator("#tab-editor").getAttribute("aria-selected"), "true");
  assert.deepEqual(page.faults, []);
  await page.close();
});
