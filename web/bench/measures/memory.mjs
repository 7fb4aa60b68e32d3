import { goMemory, rendererMemory } from "../memory.mjs";
import { withPage } from "../page.mjs";
import { rollOutSeed } from "../seed.mjs";

/** What a page keeps: the moment it is ready, and after the walk-through's rollout, from v1 to v2. */
export const memory = {
  what: "resident memory of the process of the page and its workers, with a new profile, and what Go says at the end; bytes",
  browsers: ["chromium", "firefox", "webkit"],
  run: (build) =>
    withPage(build, {}, async (page) => {
      const ready = await measure(page);
      await rollOutSeed(page, "v1");
      await rollOutSeed(page, "v2");
      const afterRollout = await measure(page);
      return { ready, afterRollout, go: await goMemory(page) };
    }),
};

async function measure(page) {
  return { renderer: await rendererMemory(page), linear: await page.linearMemory?.() };
}
