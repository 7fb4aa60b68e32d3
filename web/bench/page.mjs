/** The page under measurement: how it is opened, and what it is told to do. */
import { newProfile } from "../test/drivers/drivers.mjs";

/** Time for Chromium to optimise the module and to write what it has compiled to its cache. */
export const SETTLE_MILLISECONDS = 15_000;

/**
 * In the page, before its own scripts: notes when the page is ready, and when the
 * control plane's worker first tells of each stage of its start.
 */
function noteStart() {
  const bench = { stages: {}, inWorker: undefined };
  globalThis.bench = bench;
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data?.type === "progress" && !String(options[0]).includes("kubectl")) {
          bench.stages[data.stage] ??= performance.now();
        }
      });
    }
  };
  bench.ready = (async () => {
    while (window.tabernetes === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    window.tabernetes.on("ready", ({ bootMilliseconds }) => {
      bench.inWorker = bootMilliseconds;
    });
    await window.tabernetes.ready;
    return performance.now();
  })();
}

/**
 * Opens the page of a site and waits until controllers run. Milliseconds: `navigation`
 * is that from the beginning of the navigation, `inWorker` what the worker says that its
 * start took, `stages` when each began, as far as the build tells. `prepare` is given
 * the browser's page before it is led anywhere.
 */
export async function openPage(profile, url, query = {}, prepare = () => {}) {
  const page = await profile.open();
  await prepare(page);
  const search = new URLSearchParams({ storage: "memory", cluster: "bench", ...query });
  await page.goto(`${url}?${search}`, noteStart);
  const start = await page.evaluate(async () => {
    const navigation = await globalThis.bench.ready;
    // The event is of the same moment as the promise.
    await new Promise((resolve) => setTimeout(resolve));
    return { navigation, inWorker: globalThis.bench.inWorker, stages: globalThis.bench.stages };
  });
  return { page, start };
}

/** Does something with a new profile, and forgets the profile. */
export async function withProfile(browser, run) {
  const profile = newProfile(browser);
  try {
    return await run(profile);
  } finally {
    await profile.remove();
  }
}

/** Opens the page with a new profile, does something with it, and closes it. */
export function withPage({ browser, url }, query, run) {
  return withProfile(browser, async (profile) => {
    const { page, start } = await openPage(profile, url, query);
    try {
      return await run(page, start);
    } finally {
      await page.close();
    }
  });
}
