import { withPage } from "../page.mjs";
import { rollOutSeed } from "../seed.mjs";

/** The first thing that a visitor does: the walk-through's Deployment, and the time skipped until its pods run. */
export const seed = {
  what: "from navigation until three pods of the walk-through's YAML are Running by skip, with a new profile; milliseconds",
  browsers: ["chromium", "firefox", "webkit"],
  run: (build) => withPage(build, {}, async (page) => ({ running: await rollOutSeed(page, "v1") })),
};
