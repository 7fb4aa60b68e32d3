import type { Client } from "../../client/client.ts";

const DEMO_NAME = "rolling-update";

/** Shows newcomers a rolling update of four pods at double speed; resolves with the Deployment's UID. */
export async function showRollout(client: Client): Promise<string | undefined> {
  await client.command({ kind: "rate", rate: 2 });
  await client.apply(demoManifest("v1"));
  await client.command({ kind: "skip", settled: true, seconds: 60 });
  await client.apply(demoManifest("v2"));
  return [...client.inventory.items.values()].find(
    ({ kind, name }) => kind === "Deployment" && name === DEMO_NAME,
  )?.uid;
}

function demoManifest(tag: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${DEMO_NAME}
spec:
  replicas: 4
  minReadySeconds: 2
  selector:
    matchLabels:
      app: ${DEMO_NAME}
  template:
    metadata:
      labels:
        app: ${DEMO_NAME}
    spec:
      containers:
        - name: nginx
          image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:${tag}
`;
}
