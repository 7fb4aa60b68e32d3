import { withPage } from "../page.mjs";
import { rollOutSeed } from "../seed.mjs";
import { counted } from "../site.mjs";

/** What comes over the network before a new visitor's page is ready, and until a rollout is done. */
export const received = {
  what: "bytes received with a new profile, packed and with headers: before ready, and until the walk-through's rollout is done",
  browsers: ["chromium", "firefox", "webkit"],
  once: true,
  async run({ browser, url }) {
    const site = await counted(url);
    try {
      return await withPage({ browser, url: site.url }, {}, async (page) => {
        const ready = site.received();
        await rollOutSeed(page, "v1");
        await rollOutSeed(page, "v2");
        return { ready, afterRollout: site.received() };
      });
    } finally {
      site.close();
    }
  },
};
