import { median } from "../figures.mjs";
import { openPage, SETTLE_MILLISECONDS, withProfile } from "../page.mjs";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: bench}
spec:
  replicas: 3
  selector: {matchLabels: {app: bench}}
  template:
    metadata: {labels: {app: bench}}
    spec: {containers: [{name: a, image: "nginx:1.27"}]}
`;

/** What is asked for the moment the page is ready. */
export const FIRST = ["get", "nodes"];

/** Commands whose time is printed, and how often each runs after a first time. */
const COMMANDS = {
  get: ["get", "pods"],
  getWide: ["get", "deploy,rs,pods", "-o", "wide"],
  describe: ["describe", "deploy", "bench"],
  apply: ["apply", "-f", "bench.yaml"],
  scale: ["scale", "deploy", "bench", "--replicas=3"],
  explain: ["explain", "deployment.spec"],
};
const REPETITIONS = 15;

/**
 * The first command of a page the moment it is ready, with a new profile, and with
 * what a visit left in its caches in which the commands were used; those after it; and
 * the first of a terminal that is opened on a page at rest. Chromium stores the machine code
 * of what has run: after a visit of one command it has that of one command.
 */
export const kubectl = {
  what: "kubectl's first command the moment the page is ready, its module not loaded; of an opened terminal; later ones; milliseconds",
  browsers: ["chromium", "firefox", "webkit"],
  run: ({ browser, url }) =>
    withProfile(browser, async (profile) => {
      const times = { first: {} };
      for (const visit of ["cold", "warm"]) {
        const { page } = await openPage(profile, url);
        times.first[visit] = await time(page, FIRST);
        times.later = await timeLater(page);
        if (visit === "cold") {
          await page.evaluate((pause) => new Promise((done) => setTimeout(done, pause)), SETTLE_MILLISECONDS);
        }
        await page.close();
      }
      if (browser === "chromium") {
        times.first.openedTerminal = await timeOpenedTerminal(profile, url);
      }
      return times;
    }),
};

/** How long one command takes, seen from the page. */
export function time(page, args) {
  return page.evaluate(async (args) => {
    const begin = performance.now();
    const { code, stderr } = await window.tabernetes.kubectl(args);
    const milliseconds = performance.now() - begin;
    if (code !== 0) {
      throw new Error(`kubectl ${args.join(" ")}: exit status ${code}: ${stderr}`);
    }
    return milliseconds;
  }, args);
}

/** Host time that a reader looks at the page before the terminal is opened. */
const LOOK_MILLISECONDS = 8000;

/** In the page, before its own scripts: a page that a program drives does not load what only a person may need. */
function asForPerson() {
  Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
}

/**
 * The first command of a terminal that is opened, by a click, on a page that has been
 * looked at for a while: from the click to the answer on the page.
 */
async function timeOpenedTerminal(profile, url) {
  const visit = await openPage(profile, url, {}, ({ native }) => native.addInitScript(asForPerson));
  const page = visit.page.native;
  await page.waitForTimeout(LOOK_MILLISECONDS);
  await page.evaluate(() => {
    document.addEventListener("pointerdown", () => (globalThis.opened = performance.now()), {
      capture: true,
      once: true,
    });
    // The terminal may come to be when it is opened.
    globalThis.answered = new Promise((resolve) => {
      new MutationObserver(() => {
        if (/\bReady\b/.test(document.querySelector(".terminal-transcript")?.textContent ?? "")) {
          resolve(performance.now());
        }
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  });
  await page.getByRole("tab", { name: "Terminal", exact: true }).click();
  await page.locator(".terminal-field").click();
  await page.keyboard.insertText("kubectl get nodes");
  await page.keyboard.press("Enter");
  const taken = await page.evaluate(async () => (await globalThis.answered) - globalThis.opened);
  await visit.page.close();
  return taken;
}

/** The median time of each command once kubectl has discovered what the cluster serves. */
export async function timeLater(page) {
  await page.evaluate(
    (yaml) => window.tabernetes.kubectl(["version"], { files: { "bench.yaml": yaml } }),
    DEPLOYMENT,
  );
  await time(page, COMMANDS.apply);
  await page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
  const times = {};
  for (const [name, args] of Object.entries(COMMANDS)) {
    await time(page, args);
    const taken = [];
    for (let run = 0; run < REPETITIONS; run++) {
      taken.push(await time(page, args));
    }
    times[name] = median(taken);
  }
  return times;
}
