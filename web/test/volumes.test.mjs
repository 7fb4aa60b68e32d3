import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, BOOT_TIMEOUT, get, newCluster, openPage, settle, untilReady } from "./harness.mjs";

const WRITER = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: diary}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: writer}
spec:
  selector: {matchLabels: {app: writer}}
  template:
    metadata: {labels: {app: writer}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: sh
        image: busybox:1.36
        command: [sh, -c, "echo $HOSTNAME >> /data/pods; sleep 100000"]
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: diary}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: photos}
spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;

const PODS = "/api/v1/namespaces/default/pods?labelSelector=app%3Dwriter";

const running = (page) =>
  page.evaluate(async (path) => {
    const list = await (await window.tabernetes.fetch(path)).json();
    return list.items.find(
      ({ status, metadata }) => status.phase === "Running" && !metadata.deletionTimestamp,
    );
  }, PODS);

const diary = (page) =>
  page.evaluate(async () => {
    const { stdout } = await window.tabernetes.run("kubectl exec deploy/writer -- cat /data/pods");
    return stdout.trim().split("\n");
  });

test("a claim is drawn beside its workload, explained while it is not bound, and its files survive a pod and a reload", async () => {
  const page = await openPage({ cluster: newCluster(), storage: "indexeddb", rate: "10" });
  const box = (label) => page.locator(`svg.drawing g.box[aria-label^="${label}"]`);
  await page.getByText("Saved in this browser").waitFor();
  await apply(page, WRITER);
  await settle(page);
  await box("PersistentVolumeClaim diary, Bound, 1Gi, standard").waitFor();
  await box("PersistentVolumeClaim photos, Pending, 1Gi, fast").click();
  await page.getByText("There is neither a storage class fast nor a volume of that class.").waitFor();

  const first = (await running(page)).metadata.name;
  assert.deepEqual(await diary(page), [first]);
  await page.evaluate((name) => window.tabernetes.run(`kubectl delete pod ${name}`), first);
  await settle(page);
  const second = (await running(page)).metadata.name;
  assert.notEqual(second, first);
  assert.deepEqual(await diary(page), [first, second]);

  // The disks are written at most once a second.
  await page.waitForTimeout(2500);
  await page.reload();
  await page.waitForFunction(
    () => window.tabernetes !== undefined && window.tabernetes.version.kubernetes !== "",
    undefined,
    {
      timeout: BOOT_TIMEOUT,
    },
  );
  await untilReady(page);
  assert.equal((await running(page)).metadata.name, second);
  assert.deepEqual(await diary(page), [first, second]);
  const claims = await get(page, "/api/v1/namespaces/default/persistentvolumeclaims");
  assert.deepEqual(
    claims.items.map(({ metadata, status }) => [metadata.name, status.phase]),
    [
      ["diary", "Bound"],
      ["photos", "Pending"],
    ],
  );
});
