import { withPage } from "../page.mjs";

/** Rolling updates of Deployments, each after the other on one page, on as many nodes as the surge of the largest needs. */
const rolling = (sizes, nodes) => ({
  what: `creation and rolling update of ${sizes.join(", ")} pods, with an instant kubelet, at an unlimited rate; milliseconds`,
  browsers: ["chromium", "firefox", "webkit"],
  run: (build) =>
    withPage(build, { kubelet: "instant", rate: "unlimited", nodes: String(nodes) }, async (page) => {
      const times = { create: {}, update: {} };
      for (const replicas of sizes) {
        const { create, update } = await page.evaluate(rollOut, replicas);
        times.create[replicas] = create;
        times.update[replicas] = update;
      }
      return times;
    }),
});

export const rollouts = rolling([3, 10, 100, 300], 10);
export const large = rolling([1000], 13);

/**
 * In the page: creates a Deployment of `replicas` pods, changes its image, deletes it. Returns
 * the host milliseconds of the creation and of the rolling update, each from the
 * request to the status that says it is complete.
 */
export async function rollOut(replicas) {
  const name = `bench-${replicas}`;
  const url = `/apis/apps/v1/namespaces/default/deployments`;
  const manifest = (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: nginx, image: "nginx:${version}"}]}`;

  /** Resolves when the watch shows a generation complete. */
  const complete = async (generation) => {
    const stop = new AbortController();
    const response = await window.tabernetes.fetch(`${url}?watch=1&fieldSelector=metadata.name%3D${name}`, {
      signal: stop.signal,
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        throw new Error("the watch has ended");
      }
      const lines = (text + value).split("\n");
      text = lines.pop();
      for (const line of lines) {
        const { metadata, status } = JSON.parse(line).object;
        if (
          metadata.generation >= generation &&
          status.observedGeneration === metadata.generation &&
          [status.replicas, status.updatedReplicas, status.availableReplicas].every(
            (count) => count === replicas,
          )
        ) {
          stop.abort();
          return;
        }
      }
    }
  };

  let begun = performance.now();
  await window.tabernetes.apply(manifest("1.27"));
  await complete(1);
  const create = performance.now() - begun;
  begun = performance.now();
  await window.tabernetes.apply(manifest("1.28"));
  await complete(2);
  const update = performance.now() - begun;

  await window.tabernetes.fetch(`${url}/${name}`, { method: "DELETE" });
  for (;;) {
    const pods = await (
      await window.tabernetes.fetch(`/api/v1/pods?labelSelector=app%3D${name}&limit=1`)
    ).json();
    if (pods.items.length === 0) {
      return { create, update };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
