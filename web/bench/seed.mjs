/** The walk-through that the page's editor begins with, with three pods: its manifest, and how it is rolled out. */

export const SEED_PODS = 3;

export const seedManifest = (tag) => `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: image-deployment
spec:
  replicas: ${SEED_PODS}
  template:
    metadata:
      labels:
        app: image-update
    spec:
      containers:
      - name: nginx
        image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:${tag}
        imagePullPolicy: Always
`;

/** Applies the manifest, skips the time until all is done, and resolves with the page's time when the pods are seen Running. */
export function rollOutSeed(page, tag) {
  return page.evaluate(
    async ([manifest, tag, pods]) => {
      const { tabernetes } = window;
      await tabernetes.apply(manifest);
      await tabernetes.clock.skip({ settled: true });
      const list = await (await tabernetes.fetch("/api/v1/namespaces/default/pods")).json();
      const running = list.items.filter(
        ({ metadata, spec, status }) =>
          metadata.deletionTimestamp === undefined &&
          status.phase === "Running" &&
          spec.containers[0].image.endsWith(`:${tag}`),
      );
      if (running.length !== pods) {
        throw new Error(`${running.length} pods of ${tag} are Running, not ${pods}`);
      }
      return performance.now();
    },
    [seedManifest(tag), tag, SEED_PODS],
  );
}
