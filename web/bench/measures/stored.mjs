import { newProfile } from "../../test/drivers/drivers.mjs";
import { openPage, SETTLE_MILLISECONDS } from "../page.mjs";
import { rollOutStored, STORED_PODS, storedQuery } from "../stored.mjs";

/** How soon a large cluster is there again. One profile keeps them; each run opens each of them once. */
export const stored = {
  what: `from navigation to ready of stored clusters of ${STORED_PODS.join(" and ")} pods, with the browser's caches; milliseconds`,
  browsers: ["chromium", "firefox", "webkit"],
  async prepare({ browser, url }) {
    const profile = newProfile(browser);
    for (const pods of STORED_PODS) {
      const { page } = await openPage(profile, url, storedQuery(pods));
      await page.evaluate(rollOutStored, pods);
      await page.close();
    }
    // What a restored cluster runs is compiled and cached now.
    const { page } = await openPage(profile, url, storedQuery(STORED_PODS[0]));
    await page.evaluate(async (pause) => {
      await window.tabernetes.clock.pause();
      await new Promise((done) => setTimeout(done, pause));
    }, SETTLE_MILLISECONDS);
    await page.close();
    return profile;
  },
  async run({ url }, profile) {
    const times = {};
    for (const pods of STORED_PODS) {
      const { page, start } = await openPage(profile, url, storedQuery(pods));
      const { items } = await page.evaluate(async () =>
        (await window.tabernetes.fetch("/api/v1/pods")).json(),
      );
      await page.close();
      if (items.length !== pods) {
        throw new Error(`${items.length} pods came back, not ${pods}`);
      }
      const { controllers, restore } = start.stages;
      times[pods] = {
        navigation: start.navigation,
        inWorker: start.inWorker,
        // Of that, from opening the database until the API server is built with its objects.
        objects: controllers - restore,
      };
    }
    return times;
  },
  finish: (profile) => profile.remove(),
};
