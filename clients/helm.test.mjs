/** Helm: releases of two charts, from their installation to their end. */
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { HERE, startCluster } from "./cluster.mjs";

let cluster;

before(async () => {
  cluster = await startCluster();
});
after(() => cluster?.close());

const helm = (...args) => cluster.run("helm", args);
const chart = (name) => path.join(HERE, "charts", name);

/** The revisions of a release, as "number status". */
async function revisions(release) {
  const history = JSON.parse(await helm("history", release, "-o", "json"));
  return history.map(({ revision, status }) => `${revision} ${status}`);
}

const image = () =>
  cluster.kubectl("get deployment front -o jsonpath={.spec.template.spec.containers[0].image}");

test("installs, waits until all is ready, and runs hooks before", async () => {
  const said = await helm("install", "front", chart("shop"), "--wait", "--timeout", "2m");
  assert.match(said, /STATUS: deployed/);
  assert.match(said, /2 replicas on Kubernetes v1\.37\.2, beside kube-system/, "capabilities and lookup");
  const { status } = await cluster.get("deployment front");
  assert.equal(status.readyReplicas, 2);
  assert.equal(await cluster.kubectl("logs job/front-pre-install"), "pre-install of revision 1\n");
  assert.equal((await cluster.get("pdb front")).spec.minAvailable, 1, "the chart finds policy/v1");
});

test("tests a release by a pod that calls its Service", async () => {
  const said = await helm("test", "front", "--logs");
  assert.match(said, /Phase: +Succeeded/);
  assert.match(said, /Welcome to nginx!/);
});

test("upgrades, with a difference that the server has made out", async () => {
  await helm("upgrade", "front", chart("shop"), "--set", "replicas=3,image=nginx:1.28", "--wait");
  assert.equal(await image(), "nginx:1.28");
  assert.equal((await cluster.get("deployment front")).status.readyReplicas, 3);
  assert.equal(await cluster.kubectl("logs job/front-post-upgrade"), "post-upgrade of revision 2\n");
  assert.equal(JSON.parse(await helm("get", "values", "front", "-o", "json")).replicas, 3);
});

test("gives up an upgrade whose pods never run, and rolls it back", async () => {
  const complaint = await cluster.refuse("helm", [
    ...["upgrade", "front", chart("shop"), "--set", "image=nginx:no-such-tag"],
    ...["--wait", "--timeout", "10s", "--rollback-on-failure"],
  ]);
  assert.match(complaint, /not ready|deadline|InProgress/i);
  assert.deepEqual(await revisions("front"), ["1 superseded", "2 superseded", "3 failed", "4 deployed"]);
  assert.equal(await image(), "nginx:1.28");
});

test("rolls back to a revision", async () => {
  await helm("rollback", "front", "1", "--wait");
  assert.equal(await image(), "nginx:1.27");
  assert.equal((await cluster.get("deployment front")).spec.replicas, 2);
  assert.equal((await revisions("front")).at(-1), "5 deployed");
});

test("uninstalls, and waits until all is gone", async () => {
  await helm("uninstall", "front", "--wait");
  const left = await cluster.kubectl("get deployment,service,configmap,pdb -o name");
  assert.doesNotMatch(left, /front/);
  assert.deepEqual(JSON.parse(await helm("list", "-o", "json")), []);
});

test("installs a chart with crds/ and an object of its kind at once", async () => {
  await helm("install", "lamp", chart("gadgets"), "--wait");
  assert.deepEqual((await cluster.get("gadget lamp")).spec, { size: 3, colour: "grey" });
  assert.match(await cluster.kubectl("get gd"), /^NAME +SIZE\nlamp +3\n$/);
});

test("upgrades an object of a custom kind, and is told what its schema refuses", async () => {
  await helm("upgrade", "lamp", chart("gadgets"), "--set", "size=5");
  assert.equal((await cluster.get("gadget lamp")).spec.size, 5);
  const complaint = await cluster.refuse("helm", ["upgrade", "lamp", chart("gadgets"), "--set", "size=12"]);
  assert.match(complaint, /spec\.size in body should be less than or equal to 9/);
  assert.equal((await cluster.get("gadget lamp")).spec.size, 5);
});

test("leaves the kind when its release goes", async () => {
  await helm("uninstall", "lamp");
  assert.equal(await cluster.kubectl("get gadgets -o name"), "");
  assert.equal(
    await cluster.kubectl("get crd -o name"),
    "customresourcedefinition.apiextensions.k8s.io/gadgets.shop.example.org\n",
  );
});
