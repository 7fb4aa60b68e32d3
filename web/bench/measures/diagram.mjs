import { withPage } from "../page.mjs";

/** What the issue asks to be smooth. */
const PODS = 500;
/** 625 pods with the surge, at 110 pods a node. */
const NODES = 10;
const RATE = 10;
/** Host time of the rolling update that is watched. */
const WATCH_MILLISECONDS = 20_000;
/** Host time between two inputs. */
const INPUT_MILLISECONDS = 400;

/** How the page keeps up while the diagram shows a large rolling update. */
export const diagram = {
  what: `how smooth the page is while ${PODS} pods roll at ${RATE}×: frames a second, and milliseconds`,
  // The input is Playwright's.
  browsers: ["chromium"],
  run: (build) => withPage(build, { nodes: String(NODES) }, ({ native }) => watch(native)),
};

/**
 * Host milliseconds, but for `framesPerSecond` and counts. Long tasks are those
 * of the page's main thread over 50 ms. An input's delay is from the event to
 * the first frame after its handlers: pressed are an arrow key and the zoom, in
 * turn, while the pods roll.
 */
async function watch(page) {
  await page.evaluate(
    async ({ pods }) => {
      globalThis.diagramManifest = (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: large}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: large}}
  template:
    metadata: {labels: {app: large}}
    spec:
      containers:
      - name: web
        image: "sim.tabernetes.dev/web:${version}"
        readinessProbe: {httpGet: {port: 80}}`;
      const { clock } = window.tabernetes;
      await clock.setRate(Number.POSITIVE_INFINITY);
      await window.tabernetes.apply(globalThis.diagramManifest("v1"));
      await clock.skip({ settled: true });
    },
    { pods: PODS },
  );
  await page.locator("[data-type=pod]").first().focus();
  await page.evaluate(
    async ({ rate }) => {
      const measured = { begun: performance.now(), frames: [], longTasks: [], inputs: [] };
      globalThis.measured = measured;
      const frame = (now) => {
        measured.frames.push(now);
        measured.request = requestAnimationFrame(frame);
      };
      new PerformanceObserver((list) => {
        measured.longTasks.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ entryTypes: ["longtask"] });
      const input = (event) => {
        const { timeStamp } = event;
        // The frame after the next has been painted when its callbacks run.
        requestAnimationFrame(() => setTimeout(() => measured.inputs.push(performance.now() - timeStamp)));
      };
      document.addEventListener("keydown", input, { capture: true });
      await window.tabernetes.clock.setRate(rate);
      await window.tabernetes.apply(globalThis.diagramManifest("v2"));
      measured.begun = performance.now();
      measured.request = requestAnimationFrame(frame);
    },
    { rate: RATE },
  );
  const keys = ["ArrowRight", "ArrowDown", "-", "ArrowLeft", "ArrowUp", "+"];
  for (let input = 0; input * INPUT_MILLISECONDS < WATCH_MILLISECONDS; input++) {
    await page.keyboard.press(keys[input % keys.length]);
    await page.waitForTimeout(INPUT_MILLISECONDS);
  }
  return page.evaluate(() => {
    const { measured } = globalThis;
    cancelAnimationFrame(measured.request);
    const seconds = (performance.now() - measured.begun) / 1000;
    const gaps = measured.frames.slice(1).map((time, index) => time - measured.frames[index]);
    const at = (values, share) => {
      const sorted = [...values].sort((a, b) => a - b);
      return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    };
    return {
      framesPerSecond: Math.round((gaps.length / seconds) * 10) / 10,
      frame: { median: at(gaps, 0.5), worstOfHundred: at(gaps, 0.99), longest: at(gaps, 1) },
      longTasks: {
        count: measured.longTasks.length,
        longest: at(measured.longTasks, 1),
        share: Math.round(measured.longTasks.reduce((sum, time) => sum + time, 0) / seconds / 10) / 100,
      },
      inputDelay: {
        count: measured.inputs.length,
        median: at(measured.inputs, 0.5),
        worstOfTwenty: at(measured.inputs, 0.95),
        longest: at(measured.inputs, 1),
      },
      podsDrawn: document.querySelectorAll("[data-type=pod]").length,
      clusterRate: window.tabernetes.clock.rate,
    };
  });
}
