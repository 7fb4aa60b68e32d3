import { withPage } from "../page.mjs";

/** What the issue promises a rate for. */
const NODES = 10;
const PODS = 300;

/** Host time that a cluster in which nothing changes is watched for. */
const STEADY_MILLISECONDS = 20_000;

/** How fast the clock can go before the simulation falls behind it, with kubelets that take their time. */
export const pace = {
  what: `cluster seconds in a host second that the clock keeps with ${PODS} pods on ${NODES} nodes, and while they roll`,
  browsers: ["chromium", "firefox", "webkit"],
  run: (build) =>
    withPage(build, { nodes: String(NODES) }, (page) =>
      page.evaluate(keepPace, { pods: PODS, steadyMilliseconds: STEADY_MILLISECONDS }),
    ),
};

/**
 * In the page: cluster seconds in a host second with the clock as fast as the machine can:
 * with `pods` pods whose probes run and nothing else happening, and during a
 * rolling update of all of them. Below that rate the clock keeps up.
 */
export async function keepPace({ pods, steadyMilliseconds }) {
  const name = "pace";
  const url = `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const manifest = (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - name: web
        image: "sim.tabernetes.dev/web:${version}"
        readinessProbe: {httpGet: {port: 80}}
        livenessProbe: {httpGet: {port: 80}}`;
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  const complete = async (generation) => {
    for (;;) {
      const { status } = await (await window.tabernetes.fetch(url)).json();
      const counts = [status.replicas, status.updatedReplicas, status.availableReplicas];
      if (status.observedGeneration >= generation && counts.every((count) => count === pods)) {
        return;
      }
      await wait(250);
    }
  };
  /** Cluster seconds in a host second while something is done. */
  const rateDuring = async (act) => {
    const [begun, cluster] = [performance.now(), window.tabernetes.clock.now()];
    await act();
    return (window.tabernetes.clock.now() - cluster) / (performance.now() - begun);
  };

  await window.tabernetes.clock.setRate(Number.POSITIVE_INFINITY);
  await window.tabernetes.apply(manifest("v1"));
  await complete(1);
  const steady = await rateDuring(() => wait(steadyMilliseconds));
  const rollout = await rateDuring(async () => {
    await window.tabernetes.apply(manifest("v2"));
    await complete(2);
  });
  return { steady, rollout };
}
