/**
 * The transcript of the article that this project grew from, command by command
 * and in its order, in the terminal's shell. Its columns are those of 2018 and
 * its names differ between file and output (`image-deployment`, 1 replica;
 * `update-deployment`, 3 replicas). So the file is applied as it stands first,
 * then with the name, the label and the replicas that the output has. Names,
 * counts, images, selectors and states must be those of the article.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openPage, settle } from "./harness.mjs";
import { kubectl, printed, run, table } from "./terminal.mjs";

const MANIFEST = readFileSync(
  new URL("../../lessons/content/rolling-update/roll_update.yaml", import.meta.url),
  "utf8",
);
const IMAGE = "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx";
const PATCH = `kubectl patch deployment update-deployment \\
--patch '{"spec": {"template": {"spec": {"containers": [{"name": "nginx","image":"${IMAGE}:v2"}]}}}}' \\
&& kubectl rollout pause deployment update-deployment`;

/** ReplicaSets of `kubectl get rs -owide` as the article compares them, by the tag of their image. */
function byTag(replicaSets) {
  return Object.fromEntries(
    replicaSets.map((set) => [
      set.IMAGES.split(":").at(-1),
      {
        counts: [set.DESIRED, set.CURRENT, set.READY].map(Number),
        containers: set.CONTAINERS,
        image: set.IMAGES,
        selector: set.SELECTOR.replace(set.NAME.split("-").at(-1), "<hash>"),
      },
    ]),
  );
}

/** Pods by the hash in their name, with their states. */
function byHash(pods) {
  const groups = {};
  for (const pod of pods) {
    const [, hash] = /^update-deployment-([0-9a-z]+)-[0-9a-z]{5}$/.exec(pod.NAME) ?? assert.fail(pod.NAME);
    groups[hash] ??= [];
    groups[hash].push(pod.STATUS);
  }
  return groups;
}

test("the article's transcript gives the article's states", async () => {
  const page = await openPage({ rate: "1" });

  // more roll_update.yaml; kubectl apply -f roll_update.yaml
  assert.equal(await printed(page, "more roll_update.yaml"), MANIFEST);
  const first = await run(page, "kubectl apply -f roll_update.yaml");
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, "deployment.extensions/image-deployment created\n");
  assert.match(first.stderr, /^Warning: extensions\/v1beta1 Deployment is deprecated/);
  await printed(page, "kubectl delete deploy image-deployment");

  // The same, with what the article's output shows.
  const changed = MANIFEST.replace("name: image-deployment", "name: update-deployment")
    .replace("app: image-update", "app: roll-update")
    .replace("replicas: 1", "replicas: 3");
  const applied = await kubectl(page, ["apply", "-f", "update.yaml"], { files: { "update.yaml": changed } });
  assert.equal(applied.stdout, "deployment.extensions/update-deployment created\n");
  await settle(page);

  const [deployment, ...otherDeployments] = table(await printed(page, "kubectl get deploy"));
  assert.deepEqual(otherDeployments, []);
  assert.equal(deployment.NAME, "update-deployment");
  assert.deepEqual([deployment.READY, deployment["UP-TO-DATE"], deployment.AVAILABLE], ["3/3", "3", "3"]);
  const [old, ...otherSets] = table(await printed(page, "kubectl get rs"));
  assert.deepEqual(otherSets, []);
  assert.match(old.NAME, /^update-deployment-[0-9a-z]+$/);
  assert.deepEqual([old.DESIRED, old.CURRENT, old.READY], ["3", "3", "3"]);
  const oldHash = old.NAME.split("-").at(-1);
  const pods = table(await printed(page, "kubectl get pod"));
  assert.deepEqual(
    pods.map(({ READY, STATUS, RESTARTS }) => [READY, STATUS, RESTARTS]),
    Array(3).fill(["1/1", "Running", "0"]),
  );
  assert.deepEqual(Object.keys(byHash(pods)), [oldHash]);

  const described = await printed(page, "kubectl describe deploy update-deployment");
  for (const pattern of [
    /^Name: +update-deployment$/m,
    /^Namespace: +default$/m,
    /^Replicas: +3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable$/m,
    /^StrategyType: +RollingUpdate$/m,
    /^MinReadySeconds: +0$/m,
    /^RollingUpdateStrategy: +1 max unavailable, 1 max surge$/m,
    new RegExp(`^NewReplicaSet: +${old.NAME} \\(3/3 replicas created\\)$`, "m"),
    new RegExp(
      `Normal +ScalingReplicaSet .*deployment-controller +Scaled up replica set ${old.NAME} .*to 3$`,
      "m",
    ),
  ]) {
    assert.match(described, pattern);
  }
  const describedSet = await printed(page, `kubectl describe rs ${old.NAME}`);
  for (const pattern of [
    /^Controlled By: +Deployment\/update-deployment$/m,
    /^Replicas: +3 current \/ 3 desired$/m,
    /^Pods Status: +3 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed$/m,
  ]) {
    assert.match(describedSet, pattern);
  }
  for (const { NAME } of pods) {
    assert.match(
      describedSet,
      new RegExp(`Normal +SuccessfulCreate .*replicaset-controller +Created pod: ${NAME}$`, "m"),
    );
  }
  const describedPod = await printed(page, `kubectl describe pod ${pods[0].NAME}`);
  for (const pattern of [
    /^Status: +Running$/m,
    /^IP: +10\.\d+\.\d+\.\d+$/m,
    new RegExp(`^Controlled By: +ReplicaSet/${old.NAME}$`, "m"),
    new RegExp(
      `Scheduled .*default-scheduler +Successfully assigned default/${pods[0].NAME} to node-\\d$`,
      "m",
    ),
    new RegExp(`Pulling .*kubelet.*Pulling image "${IMAGE}:v1"$`, "m"),
    new RegExp(`Pulled .*kubelet.*Successfully pulled image "${IMAGE}:v1"`, "m"),
    /Created .*kubelet/,
    /Started .*kubelet/,
  ]) {
    assert.match(describedPod, pattern);
  }

  // kubectl patch … && kubectl rollout pause …
  // A slow clock: the pod that ends is to be seen before its container has stopped.
  await page.evaluate(() => window.tabernetes.clock.setRate(0.1));
  assert.equal(
    await printed(page, PATCH),
    "deployment.apps/update-deployment patched\ndeployment.apps/update-deployment paused\n",
  );
  const mixed = byHash(table(await printed(page, "kubectl get pod -owide")));
  const newHash = Object.keys(mixed).find((hash) => hash !== oldHash);
  assert.ok(newHash, "no pod of the new ReplicaSet");
  assert.equal(mixed[newHash].length, 2, "two new pods");
  assert.deepEqual(mixed[oldHash].sort(), ["Running", "Running", "Terminating"]);
  await settle(page);
  const selector = "app=roll-update,pod-template-hash=<hash>";
  const both = byTag(table(await printed(page, "kubectl get rs -owide")));
  assert.deepEqual(both, {
    v1: { counts: [2, 2, 2], containers: "nginx", image: `${IMAGE}:v1`, selector },
    v2: { counts: [2, 2, 2], containers: "nginx", image: `${IMAGE}:v2`, selector },
  });
  assert.deepEqual(byHash(table(await printed(page, "kubectl get pod -owide"))), {
    [oldHash]: ["Running", "Running"],
    [newHash]: ["Running", "Running"],
  });

  const history = await printed(page, "kubectl rollout history deploy update-deployment");
  assert.match(history, /^deployment\.apps\/update-deployment /);
  assert.deepEqual(
    table(history.trimEnd().split("\n").slice(1).join("\n")).map(({ REVISION }) => REVISION),
    ["1", "2"],
  );

  assert.equal(
    await printed(page, "kubectl rollout resume deployment update-deployment"),
    "deployment.apps/update-deployment resumed\n",
  );
  await settle(page);
  assert.deepEqual(byHash(table(await printed(page, "kubectl get pod"))), {
    [newHash]: ["Running", "Running", "Running"],
  });
  assert.deepEqual(byTag(table(await printed(page, "kubectl get rs -owide"))), {
    v1: { counts: [0, 0, 0], containers: "nginx", image: `${IMAGE}:v1`, selector },
    v2: { counts: [3, 3, 3], containers: "nginx", image: `${IMAGE}:v2`, selector },
  });
  assert.deepEqual(page.faults, []);
  await page.close();
});
