import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, get, manifest, openPage, settle, typeYaml } from "./harness.mjs";

const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/image-deployment";
const REPLICA_SETS = "/apis/apps/v1/namespaces/default/replicasets";
const PODS = "/api/v1/namespaces/default/pods";

test("the walk-through's YAML, unchanged, becomes a Deployment, a ReplicaSet and a Pod", async () => {
  const page = await openPage({ rate: "10" });
  await page.getByRole("button", { name: "Apply roll_update.yaml" }).click();
  await page.getByText("deployment/image-deployment created").waitFor();
  await page.locator(".result-warning", { hasText: "extensions/v1beta1" }).waitFor();

  await page.locator("[data-type=pod].state-ready").waitFor();
  assert.equal(await page.locator("[data-type=head]").count(), 1);
  assert.equal(await page.locator("[data-type=lane]").count(), 1);
  assert.equal(await page.locator("[data-type=pod]").count(), 1);

  const deployment = await get(page, DEPLOYMENT);
  assert.deepEqual(deployment.spec.strategy, {
    type: "RollingUpdate",
    rollingUpdate: { maxUnavailable: 1, maxSurge: 1 },
  });
  const [set, ...otherSets] = (await get(page, REPLICA_SETS)).items;
  assert.deepEqual(otherSets, []);
  const hash = set.metadata.labels["pod-template-hash"];
  assert.equal(set.metadata.name, `image-deployment-${hash}`);
  const [pod, ...otherPods] = (await get(page, PODS)).items;
  assert.deepEqual(otherPods, []);
  assert.equal(pod.metadata.labels["pod-template-hash"], hash);
  assert.match(pod.metadata.name, new RegExp(`^image-deployment-${hash}-[a-z0-9]{5}$`));
  assert.equal(pod.metadata.ownerReferences[0].uid, set.metadata.uid);

  await page.getByRole("button", { name: "Image v1 → v2" }).click();
  await page.getByText("deployment/image-deployment configured").waitFor();
  await page.locator("[data-type=history]").waitFor();
  assert.match(await page.locator("[data-type=lane]").getAttribute("aria-label"), /revision 2, v2/);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("at every watch event of a rollout, pods and available pods stay inside maxSurge and maxUnavailable", async () => {
  const page = await openPage({ rate: "10" });
  await apply(page, manifest({ replicas: 3 }));
  await settle(page);
  assert.equal((await get(page, DEPLOYMENT)).status.availableReplicas, 3);

  await watchPods(page);
  await apply(page, manifest({ replicas: 3, tag: "v2" }));
  await settle(page);
  await page.waitForFunction(async (path) => {
    const deployment = await (await window.tabernetes.fetch(path)).json();
    return deployment.status.updatedReplicas === 3 && deployment.status.replicas === 3;
  }, DEPLOYMENT);
  const history = await page.evaluate(() => window.podHistory);

  assert.ok(history.length >= 12, `only ${history.length} watch events: the rollout was not seen`);
  for (const { pods, available, event } of history) {
    assert.ok(pods <= 4, `${pods} pods at ${event}: at most 3 + 1 are allowed`);
    assert.ok(available >= 2, `${available} available pods at ${event}: at least 3 - 1 must be`);
  }
  assert.equal(Math.max(...history.map(({ pods }) => pods)), 4, "the surge was never used");

  const sets = (await get(page, REPLICA_SETS)).items;
  const byTag = Object.fromEntries(
    sets.map((set) => [set.spec.template.spec.containers[0].image.split(":").at(-1), set]),
  );
  assert.equal(sets.length, 2);
  assert.equal(byTag.v1.spec.replicas, 0);
  assert.equal(byTag.v1.status.replicas, 0);
  assert.equal(byTag.v2.status.availableReplicas, 3);
  await page.locator("[data-type=history]").waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});

/**
 * Follows the pods by a watch, as any client would, and notes after each event
 * how many there are that are not being deleted, and how many of them are ready.
 */
function watchPods(page) {
  return page.evaluate(async (path) => {
    const list = await (await window.tabernetes.fetch(path)).json();
    const pods = new Map(list.items.map((pod) => [pod.metadata.uid, pod]));
    window.podHistory = [];
    const isReady = (pod) =>
      pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
    const note = (event) => {
      const living = [...pods.values()].filter((pod) => pod.metadata.deletionTimestamp === undefined);
      window.podHistory.push({ event, pods: living.length, available: living.filter(isReady).length });
    };
    const watch = await window.tabernetes.fetch(
      `${path}?watch=1&resourceVersion=${list.metadata.resourceVersion}`,
    );
    (async () => {
      let rest = "";
      const reader = watch.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        for (const line of lines) {
          const { type, object } = JSON.parse(line);
          if (type === "DELETED") {
            pods.delete(object.metadata.uid);
          } else {
            pods.set(object.metadata.uid, object);
          }
          note(`${type} ${object.metadata.name}`);
        }
      }
    })();
  }, PODS);
}

test("three replicas by the editor: the diagram shows where the others are wanted, then the pods", async () => {
  const page = await openPage({ rate: "10" });
  await typeYaml(page, manifest({ replicas: 3 }));
  await page.keyboard.press("Control+Enter");
  await page.getByText("deployment/image-deployment created").waitFor();
  await page.locator("[data-type=pod].state-ready").nth(2).waitFor();
  const slots = () =>
    page
      .locator("[data-type=pod]")
      .evaluateAll((pods) => Object.fromEntries(pods.map((pod) => [pod.dataset.key, pod.style.transform])));
  const before = await slots();
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.getByRole("button", { name: "Replicas 3 → 10" }).click();
  await page.getByText("deployment/image-deployment configured").waitFor();
  await page.evaluate(() => window.tabernetes.clock.resume());
  await page.locator("[data-type=pod].state-ready").nth(9).waitFor();
  const after = await slots();
  assert.equal(Object.keys(after).length, 10);
  for (const key of Object.keys(before)) {
    assert.ok(key in after, `${key} was replaced by a mere scale-up`);
  }
  assert.deepEqual(page.faults, []);
  await page.close();
});
