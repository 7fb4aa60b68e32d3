/** What the tests of lessons do as a learner would: open a lesson, go to a step, type a line, predict. */
import assert from "node:assert/strict";
import { BOOT_TIMEOUT, openPage } from "./harness.mjs";

/** Cluster seconds per host second: a learner's minute is a few seconds. */
const RATE = "20";

/** The labels of what a learner clicks, by the page's languages. */
export const WORDS = {
  en: { next: "Next", run: "Run", guess: "That is my prediction", right: "As you predicted." },
  zh: { next: "下一步", run: "运行", guess: "我就这样猜", right: "和你猜的一样。" },
};

/** Opens a lesson. What takes a minute of cluster time may take as long of a busy machine's. */
export async function openLesson(query, options) {
  const page = await openPage({ rate: RATE, ...query }, options);
  page.setDefaultTimeout(BOOT_TIMEOUT);
  return page;
}

export const step = (page, id) => page.locator(`.step[data-step="${id}"]`);

/** The step is under way: what is done from now on counts. */
export const begun = (page, id) =>
  page.locator(`.step[data-step="${id}"][data-progress="open"]`).waitFor({ state: "attached" });

export const passed = (page, id) =>
  page.locator(`.step[data-step="${id}"][data-progress="passed"]`).waitFor({ state: "attached" });

/** Types a line into the terminal: once the line before has ended, which would read it otherwise. */
export async function type(page, line) {
  await page.locator("#tab-terminal").click();
  await page.locator(".terminal-input:not(.terminal-busy) .terminal-field").click();
  await page.keyboard.insertText(line);
  await page.keyboard.press("Enter");
}

/** Turns to a place of the text by the list of places. */
export const goTo = (page, title) => page.locator(".lesson-place").selectOption({ label: title });

/** Turns to the next place of the text. */
export const goOn = (page, { next }) => page.getByRole("button", { name: next, exact: true }).click();

/** Chooses an option of the step's question by its id, and predicts it. */
export async function predict(page, id, option, { guess }) {
  await step(page, id).locator(`input[value="${option}"]`).check();
  await step(page, id).getByRole("button", { name: guess }).click();
}

/** Presses a key until what has the focus is what is looked for. */
export async function tabTo(page, selector, key = "Tab") {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press(key);
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) {
      return;
    }
  }
  assert.fail(`${key} never leads to ${selector}`);
}
