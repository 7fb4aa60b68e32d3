/**
 * Argo Rollouts: its controller runs outside of the cluster, under the role that its own
 * manifests give to its service account, and takes a web server through canaries.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { eventually, HERE, startCluster } from "./cluster.mjs";

/** The module's own manifests, as "make clients" copies them. */
const MANIFESTS = path.join(path.dirname(HERE), ".cache/clients/rollouts.yaml");

let cluster;
let controller;

before(async () => {
  cluster = await startCluster();
  await cluster.kubectl("create namespace argo-rollouts");
  // Two of the definitions are larger than an annotation, which a client-side apply keeps.
  await cluster.kubectl("apply --server-side -f -", { input: installation() });
  await cluster.kubectl("wait --for=condition=Established crd --all --timeout=60s");
  const token = await cluster.kubectl("create token argo-rollouts -n argo-rollouts");
  controller = cluster.start("rollouts-controller", ["--metricsport", "0", "--healthzPort", "0"], {
    kubeconfig: await cluster.withToken("argo-rollouts", token.trim()),
  });
});
after(() => cluster?.close());

/** What the module installs, without the Deployment of the controller. */
function installation() {
  const documents = readFileSync(MANIFESTS, "utf8").split(/^---$/m);
  return documents
    .filter((text) => !/^kind: Deployment$/m.test(text))
    .map((text) =>
      /^kind: (ServiceAccount|ConfigMap|Secret|Service)$/m.test(text)
        ? text.replace(/^metadata:$/m, "metadata:\n  namespace: argo-rollouts")
        : text,
    )
    .join("\n---\n");
}

const rollout = (image) => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 4
  revisionHistoryLimit: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 80}]
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
  strategy:
    canary:
      canaryService: web-canary
      stableService: web-stable
      steps:
      - setWeight: 25
      - pause: {}
      - setWeight: 50
      - pause: {duration: 2s}
      - analysis: {templates: [{templateName: answers}]}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: answers}
spec:
  metrics:
  - name: answers
    provider:
      job:
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: ask
                image: busybox:1.36
                command: [wget, -q, -O-, "http://web-canary"]
---
apiVersion: v1
kind: Service
metadata: {name: web-canary}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-stable}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

const status = async () => (await cluster.get("rollout web")).status;

/** Waits for a phase of the rollout, which says what the controller said if it never comes. */
const phase = (wanted, also = () => true) =>
  eventually(
    () => `${wanted}; the controller: ${controller.output.slice(-2000)}`,
    async () => {
      const now = await status();
      return now.phase === wanted && also(now) ? now : undefined;
    },
  );

/** How many pods run each image. */
async function images() {
  const counts = {};
  for (const { spec, metadata } of (await cluster.get("pods -l app=web")).items) {
    if (metadata.deletionTimestamp === undefined) {
      counts[spec.containers[0].image] = (counts[spec.containers[0].image] ?? 0) + 1;
    }
  }
  return counts;
}

/** What "kubectl argo rollouts promote" and "abort" write. */
const patch = (fields) =>
  cluster.run("kubectl", [
    ...["patch", "rollout", "web", "--subresource", "status", "--type", "merge"],
    ...["-p", JSON.stringify({ status: fields })],
  ]);

test("brings the first version up without steps", async () => {
  await cluster.apply(rollout("nginx:1.27"));
  await phase("Healthy");
  assert.deepEqual(await images(), { "nginx:1.27": 4 });
  assert.match(await cluster.kubectl("get rollouts"), /^NAME +DESIRED +CURRENT +UP-TO-DATE +AVAILABLE/);
});

test("stops at a quarter, with a Service for the canary alone", async () => {
  await cluster.apply(rollout("nginx:1.28"));
  const { currentStepIndex, canary, stableRS, currentPodHash } = await phase("Paused");
  assert.equal(currentStepIndex, 1);
  assert.deepEqual(await images(), { "nginx:1.27": 3, "nginx:1.28": 1 });
  assert.notEqual(stableRS, currentPodHash);
  assert.equal(canary?.currentStepAnalysisRunStatus, undefined);
  const selector = "jsonpath={.spec.selector.rollouts-pod-template-hash}";
  assert.equal(await cluster.kubectl(`get service web-canary -o ${selector}`), currentPodHash);
  assert.equal(await cluster.kubectl(`get service web-stable -o ${selector}`), stableRS);
});

test("goes on to the end when it is promoted, through an analysis by a Job", async () => {
  await patch({ pauseConditions: null });
  const { stableRS, currentPodHash } = await phase("Healthy");
  assert.equal(stableRS, currentPodHash);
  await eventually("only the new version", async () => (await images())["nginx:1.27"] === undefined);
  assert.deepEqual(await images(), { "nginx:1.28": 4 });
  const [run] = (await cluster.get("analysisruns")).items;
  assert.equal(run.status.phase, "Successful");
});

test("returns to the stable version when it is aborted", async () => {
  await cluster.apply(rollout("nginx:1.29"));
  await phase("Paused");
  await patch({ abort: true });
  await phase("Degraded", ({ message }) => message.includes("aborted"));
  await eventually("four pods of the stable version", async () => {
    const now = await images();
    return now["nginx:1.28"] === 4 && now["nginx:1.29"] === undefined;
  });
  await cluster.apply(rollout("nginx:1.28"));
  await phase("Healthy");
});

test("says what it does by events, and asked for nothing that its role refuses", async () => {
  const events = await cluster.get("events --field-selector involvedObject.kind=Rollout");
  const reasons = new Set(events.items.map(({ reason }) => reason));
  for (const reason of ["RolloutUpdated", "RolloutPaused", "RolloutCompleted", "RolloutAborted"]) {
    assert.ok(reasons.has(reason), `${reason} is not among ${[...reasons]}`);
  }
  assert.doesNotMatch(controller.output, /is forbidden/);
});
