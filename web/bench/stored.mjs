/** Large clusters that are kept in the browser. */

export const STORED_PODS = [300, 1000];
/** Enough for the surge of the larger one at 110 pods a node. */
const NODES = 13;

export const storedQuery = (pods) => ({
  cluster: `bench-${pods}`,
  storage: "indexeddb",
  kubelet: "instant",
  rate: "unlimited",
  nodes: String(NODES),
});

/** In the page: a Deployment, and a rolling update of it. Resolves when all of it is stored and the clock stands. */
export async function rollOutStored(pods) {
  const url = "/apis/apps/v1/namespaces/default/deployments/bench";
  const manifest = (tag) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: bench}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: bench}}
  template:
    metadata: {labels: {app: bench}}
    spec: {containers: [{name: web, image: "nginx:${tag}"}]}`;
  for (const [index, tag] of ["1.27", "1.28"].entries()) {
    await window.tabernetes.apply(manifest(tag));
    for (;;) {
      const { status } = await (await window.tabernetes.fetch(url)).json();
      const counts = [status.replicas, status.updatedReplicas, status.availableReplicas];
      if (status.observedGeneration > index && counts.every((count) => count === pods)) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await window.tabernetes.clock.pause();
  await new Promise((resolve) => setTimeout(resolve, 3000));
}
