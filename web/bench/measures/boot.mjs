import { openPage, SETTLE_MILLISECONDS, withProfile } from "../page.mjs";

/** Start with a new profile, and again with what that left in its caches. */
export const boot = {
  what: "from navigation to ready, with a new profile and with the browser's caches; milliseconds",
  browsers: ["chromium", "firefox", "webkit"],
  run: ({ browser, url }) =>
    withProfile(browser, async (profile) => {
      const times = {};
      for (const visit of ["cold", "warm"]) {
        const { page, start } = await openPage(profile, url);
        times[visit] = { navigation: start.navigation, inWorker: start.inWorker };
        if (visit === "cold") {
          await page.evaluate((pause) => new Promise((done) => setTimeout(done, pause)), SETTLE_MILLISECONDS);
        }
        await page.close();
      }
      return times;
    }),
};
