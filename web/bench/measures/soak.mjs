import { goMemory, rendererMemory } from "../memory.mjs";
import { withPage } from "../page.mjs";

export const PODS = 10;
/** Cluster minutes between two rollouts. */
export const QUARTER = 15;

/** A cluster that is worked with for hours: does its memory stay flat, and how long does an hour take? */
export const soak = {
  what: `hours by skip of ${PODS} pods with probes, a CronJob each minute and a rollout each quarter of an hour: milliseconds of an hour, and bytes after it`,
  browsers: ["chromium", "firefox", "webkit"],
  once: true,
  run: (build) =>
    withPage(build, {}, async (page) => {
      const hours = {};
      await page.evaluate(begin, { pods: PODS });
      for (let hour = 1; hour <= build.hours; hour++) {
        const taken = await page.evaluate(passHour, { first: hour * 4, quarterSeconds: QUARTER * 60 });
        const memory = { renderer: await rendererMemory(page), linear: await page.linearMemory?.() };
        hours[hour] = { taken, ...memory };
        build.log(`hour ${hour}: ${JSON.stringify(hours[hour])}`);
      }
      return { hours, go: await goMemory(page) };
    }),
};

/** In the page: the workload, and how its Deployment's version is changed. */
export async function begin({ pods }) {
  globalThis.soakDeployment = (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: soak}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: soak}}
  template:
    metadata: {labels: {app: soak}}
    spec:
      containers:
      - name: web
        image: "sim.tabernetes.dev/web:v${1 + (version % 2)}"
        env: [{name: RELEASE, value: "${version}"}]
        readinessProbe: {httpGet: {port: 80}}
        livenessProbe: {httpGet: {port: 80}}`;
  await window.tabernetes.apply(`${globalThis.soakDeployment(0)}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: tick, image: "busybox:1.36", command: [sh, -c, "date; sleep 2"]}]`);
}

/** In the page: an hour with four rollouts; resolves with the host milliseconds that it took. */
export async function passHour({ first, quarterSeconds }) {
  const { tabernetes } = window;
  const begun = performance.now();
  for (let quarter = 0; quarter < 4; quarter++) {
    const version = first + quarter;
    await tabernetes.apply(globalThis.soakDeployment(version));
    await tabernetes.clock.skip({ seconds: quarterSeconds });
    const { spec, status } = await (
      await tabernetes.fetch("/apis/apps/v1/namespaces/default/deployments/soak")
    ).json();
    if (status.updatedReplicas !== spec.replicas || status.availableReplicas !== spec.replicas) {
      throw new Error(`version ${version} is not rolled out: ${JSON.stringify(status)}`);
    }
  }
  const taken = performance.now() - begun;
  const { items } = await (await tabernetes.fetch("/apis/batch/v1/namespaces/default/jobs")).json();
  if (!items.some(({ status }) => status.succeeded === 1)) {
    throw new Error("no job of the hour has succeeded");
  }
  return taken;
}
