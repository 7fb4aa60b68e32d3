import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { apply, get, openPage, placeOf, restingPlaceOf, untilReady } from "./harness.mjs";

const LOOKS = [
  { width: 390, height: 844, theme: "dark" },
  { width: 1920, height: 1080, theme: "dark" },
  { width: 1366, height: 768, theme: "light" },
];

const manifest = (tag) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: "sim.tabernetes.dev/web:${tag}"
        readinessProbe: {httpGet: {port: 80}}
        resources: {requests: {cpu: 100m}}
---
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 3
  maxReplicas: 6
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: budget}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: import}
spec:
  completions: 2
  template:
    spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36", command: ["sleep", "2"]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}
`;

/** One cluster and one page for all: each test leaves the page as it found it. */
describe("the diagram, the timeline and the table", () => {
  let page;
  const box = (label) => page.locator(`svg.drawing g.box[aria-label^="${label}"]`);
  const pods = (prefix) =>
    page
      .locator(`svg.drawing [data-type=pod][aria-label^="Pod ${prefix}"]`)
      .evaluateAll((boxes) => boxes.map((pod) => pod.dataset.key).sort());
  const grouping = () => page.getByRole("combobox", { name: "Pods by" });
  const table = () => page.locator(".diagram-choices").getByRole("button", { name: "Table" });
  const image = async () =>
    (await get(page, "/apis/apps/v1/namespaces/default/deployments/web")).spec.template.spec.containers[0]
      .image;

  before(async () => {
    page = await openPage({ rate: "10" }, { reducedMotion: "reduce" });
    await apply(page, manifest("v1"));
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 60 }));
    await page.evaluate(() => window.tabernetes.clock.pause());
    await box("Deployment web, 3 of 3 available").waitFor();
  });

  after(async () => {
    assert.deepEqual(page.faults, []);
    await page.close();
  });

  test("every kind is there, by its workload", async () => {
    for (const label of [
      "Service front, ClusterIP",
      "HorizontalPodAutoscaler scaler, 3 pods, between 3 and 6",
      "PodDisruptionBudget budget, 1 pod may be evicted, 3 healthy, 2 needed",
      "StatefulSet db, 1.27, 2 of 2 ready",
      "DaemonSet agent, 1.27, 3 of 3 ready",
      "Job import, 1.36, 2 of 2 completed",
      "CronJob nightly, 0 active jobs",
    ]) {
      await box(label).waitFor();
    }
    assert.match(await box("Service front").getAttribute("aria-label"), /3 of 3 endpoints ready/);
    const pod = await page
      .locator("[data-type=pod][aria-label^='Pod web-']")
      .first()
      .getAttribute("aria-label");
    assert.match(pod, /gets requests of front/);
    // Whoever points at a Service sees who answers.
    await box("Service front").hover();
    await page.locator("[data-type=pod].dimmed[aria-label^='Pod db-0']").waitFor();
    assert.equal(await page.locator("[data-type=pod].dimmed[aria-label^='Pod web-']").count(), 0);
    await page.locator(".pane-head h2", { hasText: "Cluster" }).hover();
  });

  test("grouped by node every pod stands on its node and tells its revision", async () => {
    await grouping().selectOption("node");
    await page.locator("svg.drawing .panels path").nth(2).waitFor({ state: "attached" });
    const misplaced = await page.evaluate(() => {
      const nodes = [...document.querySelectorAll("[data-type=node]")];
      const panels = [...document.querySelectorAll(".panels path")].map((path) =>
        path.getBoundingClientRect(),
      );
      const inside = (inner, outer) =>
        inner.left >= outer.left &&
        inner.right <= outer.right &&
        inner.top >= outer.top &&
        inner.bottom <= outer.bottom;
      return [...document.querySelectorAll("[data-type=pod]")]
        .map((pod) => {
          const name = / on (node-\d)/.exec(pod.ariaLabel)?.[1];
          const node = nodes.findIndex((box) => box.ariaLabel.startsWith(`Node ${name},`));
          const surface = pod.querySelector(".surface").getBoundingClientRect();
          return inside(surface, panels[node]) ? "" : pod.ariaLabel;
        })
        .filter(Boolean);
    });
    assert.deepEqual(misplaced, []);
    assert.match(
      await page.locator("[data-type=pod][aria-label^='Pod web-']").first().getAttribute("aria-label"),
      /revision 1/,
    );
    await grouping().selectOption("controller");
    await page.locator("svg.drawing .edges path").first().waitFor({ state: "attached" });
  });

  test("the arrow keys lead from the Deployment to its ReplicaSet and its pods, and the view follows", async () => {
    await page.locator("svg.drawing [tabindex='0']").focus();
    const focused = () => page.evaluate(() => document.activeElement.ariaLabel ?? "");
    for (let press = 0; press < 20 && !(await focused()).startsWith("Deployment web"); press++) {
      await page.keyboard.press("ArrowDown");
    }
    assert.match(await focused(), /^Deployment web/);
    const seen = () =>
      page.evaluate(() => {
        const window = document.querySelector(".diagram-scroller").getBoundingClientRect();
        const focus = document.activeElement.querySelector(".surface").getBoundingClientRect();
        return focus.top >= window.top && focus.bottom <= window.bottom;
      });
    assert.ok(await seen(), "the Deployment is in view");
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(), /^ReplicaSet web-/);
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(), /^Pod web-/);
    await page.keyboard.press("End");
    assert.ok(await seen(), "the last object is in view");
  });

  test("the size changes by key, wheel and button, and everything can be shown", async () => {
    const width = () => page.locator("svg.drawing").evaluate((drawing) => drawing.width.baseVal.value);
    const before = await width();
    await page.locator("svg.drawing [tabindex='0']").focus();
    await page.keyboard.press("+");
    await page.waitForFunction((before) => {
      const drawing = document.querySelector("svg.drawing");
      return drawing.width.baseVal.value > before * 1.2;
    }, before);
    // Larger than the window, it is panned with the mouse.
    const scroller = page.locator(".diagram-scroller");
    const { x, y, width: room, height } = await scroller.boundingBox();
    await scroller.evaluate((element) => element.scrollTo(0, 0));
    await page.mouse.move(x + room - 60, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + room - 180, y + height / 2 - 40, { steps: 4 });
    await page.mouse.up();
    assert.deepEqual(
      await scroller.evaluate(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]),
      [120, 40],
    );
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, 400);
    await page.keyboard.up("Control");
    // Smaller, it is laid out wider.
    await page.waitForFunction((before) => {
      const drawing = document.querySelector("svg.drawing");
      return drawing.viewBox.baseVal.width > before;
    }, before);
    await page.getByRole("button", { name: "Show everything" }).click();
    await page.waitForFunction(() => {
      const { scrollHeight, clientHeight } = document.querySelector(".diagram-scroller");
      return scrollHeight <= clientHeight;
    });
    await page.getByRole("button", { name: /^Size / }).click();
    await page.waitForFunction(
      (before) => document.querySelector("svg.drawing").width.baseVal.value === before,
      before,
    );
  });

  test("the table has what the diagram has", async () => {
    const drawn = await pods("");
    await table().click();
    const rows = page.locator(".live-table tbody tr");
    await rows.first().waitFor();
    const listed = await page.locator(".live-table tbody tr[class*=state-] th button").allTextContents();
    assert.equal(listed.length, drawn.length);
    const cells = await rows.filter({ hasText: /^web-/ }).first().locator("td").allTextContents();
    assert.deepEqual(cells.slice(0, 3), ["1", "1/1", "Running (ready)"]);
    assert.match(cells[3], /^node-\d$/);
    await rows.filter({ hasText: "PodDisruptionBudget budget" }).getByText("1 pod may be evicted").waitFor();
    await page.locator(".live-table").getByRole("button", { name: "Deployment web" }).click();
    await page.locator(".details-title", { hasText: "Deployment web" }).waitFor();
    assert.deepEqual(await accessibilityFaults(page, "#diagram"), []);
    await table().click();
  });

  test("requests are sent to a Service without typing, and told by version and reason", async () => {
    await box("Service front").click();
    const requests = page.locator(".requests");
    await requests.getByText("Nobody sends requests to it.").waitFor();
    await requests.getByRole("button", { name: "Send requests" }).click();
    await requests.getByRole("button", { name: "Stop" }).waitFor();
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 5 }));
    await requests.locator(".requests-table.answered tr", { hasText: "v1" }).waitFor();
    // Nobody is left to answer.
    await page.evaluate(() =>
      window.tabernetes.fetch("/apis/apps/v1/namespaces/default/deployments/web/scale", {
        method: "PATCH",
        headers: { "Content-Type": "application/merge-patch+json" },
        body: JSON.stringify({ spec: { replicas: 0 } }),
      }),
    );
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 20 }));
    await requests.locator(".requests-table.failed tr", { hasText: "no endpoints" }).waitFor();
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.locator(".timeline-chart .requests-failed[d^=M]").waitFor({ state: "attached" });
    await page.locator(".timeline-chart .requests-answered[d^=M]").waitFor({ state: "attached" });
    await page.locator(".timeline-chart .requests-text.failed").waitFor();
    await box("Service front").click();
    await requests.getByRole("button", { name: "Stop" }).click();
    await requests.getByRole("button", { name: "Send requests" }).waitFor();
    await apply(page, manifest("v1"));
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 30 }));
    await box("Deployment web, 3 of 3 available").waitFor();
  });

  test("the timeline looks back, in picture, YAML and table, and the cluster can go on from there", async () => {
    const first = await pods("web-");
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 5 }));
    await apply(page, manifest("v2"));
    await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 60 }));
    await box("Deployment web, 3 of 3 available, revision 2").waitFor();
    const second = await pods("web-");
    assert.equal(second.filter((key) => first.includes(key)).length, 0, "every pod was replaced");
    const moving = await page
      .locator("svg.drawing")
      .evaluate((drawing) => drawing.getAnimations({ subtree: true }).map(({ playState }) => playState));
    assert.deepEqual(moving, [], "nothing moves for who wants no motion");

    await box("Deployment web").click();
    await page.locator(".details").getByRole("tab", { name: "YAML", exact: true }).click();
    await page.locator(".manifest", { hasText: "web:v2" }).waitFor();
    await page.getByRole("tab", { name: "Timeline" }).click();
    const slider = page.locator(".timeline-slider");
    const mark = page.locator(".timeline-chart .mark-change").last();
    await mark.waitFor({ state: "attached" });
    const { x, y, height } = await placeOf(slider);
    const change = await placeOf(mark);
    // A little before the change, reached by dragging.
    await page.mouse.move(change.x + 40, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(change.x - 4, y + height / 2, { steps: 5 });
    await page.mouse.up();
    assert.ok(change.x - 4 > x);
    await page.locator(".past-bar", { hasText: "You are looking at" }).waitFor();
    await page.locator(".diagram.in-past").waitFor();
    await box("Deployment web, 3 of 3 available, revision 1").waitFor();
    assert.deepEqual(await pods("web-"), first, "the pods of that moment");
    await page.getByRole("tab", { name: "Details" }).click();
    await page.locator(".manifest", { hasText: "web:v1" }).waitFor();
    assert.equal(await page.locator(".actions").isVisible(), false, "the past is not changed");
    await table().click();
    await page.locator(".live-table tr", { hasText: "Deployment web" }).first().waitFor();
    assert.equal(
      await page
        .locator(".live-table tr", { hasText: "Deployment web" })
        .first()
        .locator("td")
        .first()
        .textContent(),
      "1",
    );
    await table().click();
    for (const { theme, ...size } of LOOKS) {
      await page.setViewportSize(size);
      await page.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, theme);
      assert.deepEqual(await accessibilityFaults(page), [], `${size.width} px, ${theme}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${size.width} px: the page is ${wider} px too wide`);
    }
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.getByRole("button", { name: "Back to now" }).click();
    await box("Deployment web, 3 of 3 available, revision 2").waitFor();
    await page.locator(".past-bar").waitFor({ state: "hidden" });

    // The same by keyboard: back to before the last change, and from there on.
    await page.getByRole("tab", { name: "Timeline" }).click();
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.locator(".past-bar").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".past-bar").waitFor({ state: "hidden" });
    await page.mouse.click(change.x - 4, y + height / 2);
    await box("Deployment web, 3 of 3 available, revision 1").waitFor();
    assert.match(await image(), /v2$/);
    await page.getByRole("button", { name: "Continue from here" }).click();
    await page
      .locator(".notice", { hasText: "The cluster is again what it was" })
      .waitFor({ timeout: 120_000 });
    assert.match(await image(), /v1$/);
    await box("Deployment web, 3 of 3 available, revision 1").waitFor();
    await page.locator(".past-bar").waitFor({ state: "hidden" });
  });
});

test("a moment becomes a cluster of its own, where the page is as it was chosen", async () => {
  const page = await openPage({ rate: "10", storage: "indexeddb" });
  await apply(page, manifest("v1"));
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 30 }));
  await apply(page, manifest("v2"));
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 30 }));
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.getByRole("combobox", { name: "Pods by" }).selectOption("node");
  await page.locator(".diagram-choices").getByRole("button", { name: "Table" }).click();
  const change = await restingPlaceOf(page.locator(".timeline-chart .mark-change").last());
  const { y, height } = await placeOf(page.locator(".timeline-slider"));
  await page.mouse.click(change.x - 4, y + height / 2);
  const before = new URL(page.url()).searchParams.get("cluster");
  await page.getByRole("button", { name: "Fork into a new cluster" }).click();
  await page.waitForURL((url) => url.searchParams.get("cluster")?.startsWith(`${before}-`));
  await untilReady(page);
  const { spec } = await get(page, "/apis/apps/v1/namespaces/default/deployments/web");
  assert.match(spec.template.spec.containers[0].image, /v1$/);
  await page.locator(".live-table tr", { hasText: "Deployment web" }).first().waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Pods by" }).inputValue(), "node");
  assert.deepEqual(page.faults, []);
  await page.close();
});
