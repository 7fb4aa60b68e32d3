/** The half of the peer's benchmark that runs in the page: a cluster, and rolling updates in it. */
import { BaseImage, Cluster } from "@ngrok/webernetes";

/** Cluster milliseconds that the clock is moved at a time. */
const STEP = 10;

const image = (version) =>
  class extends BaseImage {
    static imageName = "nginx";
    static imageVersion = version;
    defaultCommand = ["pause"];
  };

const deployment = (replicas, version) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "bench", namespace: "default" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "bench" } },
    template: {
      metadata: { labels: { app: "bench" } },
      spec: { containers: [{ name: "nginx", image: `nginx:${version}` }] },
    },
  },
});

/** Moves the clock on as soon as what it has set off is done: what an unlimited rate is for the site. */
function runFree(clock) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    clock.step(STEP);
    port2.postMessage(undefined);
  };
  port2.postMessage(undefined);
}

/** Resolves when every pod of the control plane is Ready; the cluster's own `init` resolves before. */
function systemPodsReady(cluster) {
  return new Promise((resolve) => {
    const ready = new Map();
    const informer = cluster.informer(
      "pods",
      (type, { metadata, status }) => {
        const isReady = status?.conditions?.some((one) => one.type === "Ready" && one.status === "True");
        ready.set(metadata.name, type === "delete" || isReady === true);
        if ([...ready.values()].every(Boolean)) {
          resolve();
          void informer.stop();
        }
      },
      { namespace: "kube-system" },
    );
  });
}

/** Starts a cluster; resolves with the milliseconds from the navigation until its control plane is ready. */
async function start({ nodes }) {
  const cluster = new Cluster({ nodes });
  for (const version of ["1.27", "1.28"]) {
    cluster.registerImage(image(version));
  }
  runFree(cluster.clock);
  await cluster.init();
  await systemPodsReady(cluster);
  globalThis.cluster = cluster;
  return { navigation: performance.now() };
}

/**
 * Resolves when the Deployment and the ReplicaSet of the version say that all is done.
 * The Deployment alone does not tell: it has no generation that its status could be of.
 */
function complete(seen, replicas, version) {
  const isOf = ({ spec }) => spec?.template?.spec?.containers?.[0]?.image === `nginx:${version}`;
  return new Promise((resolve) => {
    seen.look = () => {
      const { status = {} } = seen.deployment ?? {};
      const set = [...seen.sets.values()].find(isOf);
      const counts = [
        status.replicas,
        status.updatedReplicas,
        status.availableReplicas,
        set?.status?.availableReplicas,
      ];
      if (isOf(seen.deployment ?? {}) && counts.every((count) => count === replicas)) {
        resolve();
      }
    };
    seen.look();
  });
}

/** Creates a Deployment and changes its image; the milliseconds of each. */
async function rollOut({ replicas }) {
  const { cluster } = globalThis;
  const seen = { deployment: undefined, sets: new Map(), look() {} };
  const follow = (resource, note) =>
    cluster.informer(
      resource,
      (_, object) => {
        note(object);
        seen.look();
      },
      { namespace: "default" },
    );
  follow("deployments", (object) => {
    seen.deployment = object;
  });
  follow("replicasets", (object) => seen.sets.set(object.metadata.name, object));
  const times = [];
  for (const version of ["1.27", "1.28"]) {
    const begun = performance.now();
    await cluster.apply([deployment(replicas, version)]);
    await complete(seen, replicas, version);
    times.push(performance.now() - begun);
  }
  return { create: times[0], update: times[1] };
}

globalThis.peer = { start, rollOut };
