import { servePages } from "../../test/hostpages.mjs";
import { SETTLE_MILLISECONDS, withProfile } from "../page.mjs";

const ELEMENT = '<tabernetes-playground id="cluster"></tabernetes-playground>';

/** A cluster in a page of another site, from the click on its poster to ready. */
export const embed = {
  what: "from the click on the poster of an embedded cluster to ready, with a new profile and with the browser's caches; milliseconds",
  browsers: ["chromium"],
  async run({ browser, url }) {
    const host = await servePages(url);
    try {
      return await withProfile(browser, async (profile) => {
        const times = {};
        for (const visit of ["cold", "warm"]) {
          const page = await profile.open();
          times[visit] = await clickToReady(page, host.page(ELEMENT));
          if (visit === "cold") {
            await page.native.waitForTimeout(SETTLE_MILLISECONDS);
          }
          await page.close();
        }
        return times;
      });
    } finally {
      host.close();
    }
  },
};

/** The frame is of another origin, so each side tells the time by the clock that both have. */
async function clickToReady(page, address) {
  await page.goto(address, () => {
    globalThis.ready = new Promise((resolve) => {
      document.addEventListener("ready", () => resolve(performance.timeOrigin + performance.now()), true);
    });
  });
  const element = await page.native.waitForFunction(() =>
    document.getElementById("cluster")?.shadowRoot?.querySelector("iframe"),
  );
  const frame = await element.contentFrame();
  await frame.locator(".poster button").waitFor();
  const clicked = await frame.evaluate(() => {
    document.querySelector(".poster button").click();
    return performance.timeOrigin + performance.now();
  });
  return (await page.evaluate(() => globalThis.ready)) - clicked;
}
