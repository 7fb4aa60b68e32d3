/** What a command takes: the first of a page, and those after it. Host milliseconds. */

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

/** How long one command takes, seen from the page. */
function time(page, args) {
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

/** The first command of a page that is ready: the module is loaded and started for it. */
export function measureFirstCommand(page) {
  return time(page, ["get", "nodes"]);
}

/** Host time that a reader looks at the page before the terminal is opened. */
const LOOK_MILLISECONDS = 8000;

/** In the page, before its own scripts: a page that a program drives does not load what only a person may need. */
export function asForPerson() {
  Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
}

/**
 * The first command of a terminal that is opened, by a click, on a page that has been
 * looked at for a while: from the click to the answer on the page.
 */
export async function measureOpenedTerminal(page) {
  await page.waitForTimeout(LOOK_MILLISECONDS);
  await page.evaluate(() => {
    document.addEventListener("pointerdown", () => (globalThis.opened = performance.now()), {
      capture: true,
      once: true,
    });
    const log = document.querySelector(".terminal-transcript");
    globalThis.answered = new Promise((resolve) => {
      new MutationObserver(() => {
        if (/\bReady\b/.test(log.textContent)) {
          resolve(performance.now());
        }
      }).observe(log, { childList: true, subtree: true, characterData: true });
    });
  });
  await page.getByRole("tab", { name: "Terminal", exact: true }).click();
  await page.locator(".terminal-field").click();
  await page.keyboard.insertText("kubectl get nodes");
  await page.keyboard.press("Enter");
  return page.evaluate(async () => (await globalThis.answered) - globalThis.opened);
}

/** Times of each command once kubectl has discovered what the cluster serves. */
export async function measureCommands(page) {
  await page.evaluate(
    (yaml) => window.tabernetes.kubectl(["version"], { files: { "bench.yaml": yaml } }),
    DEPLOYMENT,
  );
  await time(page, COMMANDS.apply);
  await page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
  const times = {};
  for (const [name, args] of Object.entries(COMMANDS)) {
    await time(page, args);
    times[name] = [];
    for (let run = 0; run < REPETITIONS; run++) {
      times[name].push(await time(page, args));
    }
  }
  return times;
}
