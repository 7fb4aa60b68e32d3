import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster, deployment } from "./harness.ts";

const CRON = (name: string, zone: string, schedule: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: ${name}}
spec:
  schedule: "${schedule}"
  timeZone: ${zone}
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["true"]}]}
`;

interface Listed {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly creationTimestamp: string;
      readonly managedFields?: readonly { readonly manager: string; readonly subresource?: string }[];
    };
  }[];
}

test("a CronJob keeps the hours of its time zone", async (context) => {
  const cluster = await Cluster.start(context, { paused: true });
  // 2026-01-01T00:00:00Z is 08:00 in Shanghai and 19:00 of the day before in New York.
  await cluster.apply(
    `${CRON("east", "Asia/Shanghai", "30 8 * * *")}---${CRON("west", "America/New_York", "35 19 * * *")}`,
  );
  await assert.rejects(
    cluster.apply(CRON("nowhere", "Mars/Base", "30 8 * * *")),
    /unknown time zone Mars\/Base/,
  );
  await cluster.client.command({ kind: "skip", seconds: 40 * 60 });
  const jobs = await cluster.get<Listed>("/apis/batch/v1/namespaces/default/jobs");
  const began = jobs.items.map(({ metadata }) => [metadata.name.split("-")[0], metadata.creationTimestamp]);
  assert.deepEqual(began, [
    ["east", "2026-01-01T00:30:00Z"],
    ["west", "2026-01-01T00:35:00Z"],
  ]);
});

test("each component manages its fields under its own name", async (context) => {
  const cluster = await Cluster.start(context, { paused: true });
  await cluster.apply(deployment("web", 2, "nginx:1.27"));
  await cluster.settle();
  await cluster.client.fetch("/apis/apps/v1/namespaces/default/deployments/web/scale", {
    method: "PATCH",
    headers: { "Content-Type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { replicas: 3 } }),
  });
  const managers = async (path: string) =>
    (await cluster.get<Listed>(path)).items.flatMap(({ metadata }) =>
      (metadata.managedFields ?? []).map(({ manager, subresource }) => `${manager} ${subresource ?? ""}`),
    );
  const pods = new Set(await managers("/api/v1/namespaces/default/pods"));
  const deployments = new Set(await managers("/apis/apps/v1/namespaces/default/deployments"));
  assert.deepEqual([...pods].filter((manager) => !manager.startsWith("kube-scheduler")).sort(), [
    "kube-controller-manager ",
    "kubelet status",
  ]);
  assert.deepEqual([...deployments].sort(), [
    "kube-controller-manager status",
    "kubectl scale",
    "kubectl-client-side-apply ",
  ]);
});
