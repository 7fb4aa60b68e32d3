/** k9s: a person at its screen, who looks at pods, opens them, scales and deletes by keys. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, HERE, startCluster } from "./cluster.mjs";
import { KEYS, Screen } from "./screen.mjs";

let cluster;
let k9s;
/** The first pod of the list, on which the cursor stands. */
let pod;

before(async () => {
  cluster = await startCluster();
  await cluster.kubectl("create deployment web --image=nginx:1.27 --replicas=2");
  await cluster.kubectl("rollout status deployment web --timeout=60s");
  await cluster.kubectl(`apply -f ${HERE}/charts/gadgets/crds`);
  await cluster.kubectl("wait --for=condition=Established crd/gadgets.shop.example.org --timeout=30s");
  // By its short name k9s finds Deployments in any of the groups that have had them.
  k9s = new Screen(
    cluster,
    "k9s --splashless --logoless --headless --refresh 2 --command apps/v1/deployments",
  );
});
after(() => cluster?.close());

const pods = async () =>
  (await cluster.get("pods")).items.filter(({ metadata }) => !metadata.deletionTimestamp);

test("lists Deployments, and follows them", async () => {
  await k9s.shows(/deployments\(default\)\[1\]/);
  await k9s.shows(/web +2\/2/);
});

test("scales by s", async () => {
  k9s.type("s");
  await k9s.shows(/Scale deployment default\/web\?/);
  k9s.type(`${KEYS.backspace}3`);
  await k9s.shows(/Replicas: 3/);
  k9s.type(KEYS.tab);
  k9s.type(KEYS.enter);
  await k9s.shows(/web +3\/3/);
  assert.equal((await cluster.get("deployment web")).spec.replicas, 3);
});

test("opens the pods of a Deployment by Enter, with their nodes and metrics", async () => {
  k9s.type(KEYS.enter);
  await k9s.shows(/pods\(default\/web\)\[3\]/);
  [, pod] = await k9s.shows(/(web-\S+) +● +1\/1\S* +Running\S* +0 +\d+ .*10\.244\.\d\.\d+ +node-\d/);
});

test("shows a pod's log by l, and describes it by d", async () => {
  k9s.type("l");
  await k9s.shows(/start worker processes/);
  k9s.type(KEYS.escape);
  await k9s.shows(/pods\(default\/web\)\[3\]/);
  k9s.type("d");
  await k9s.shows(new RegExp(`Name: +${pod}[^]*Controlled By: +ReplicaSet/web-`));
  k9s.type(KEYS.escape);
  await k9s.shows(/pods\(default\/web\)\[3\]/);
});

test("opens a shell in a pod by s", async () => {
  k9s.type("s");
  await k9s.shows(/K9s-Shell/);
  await k9s.shows(/# *$/m);
  k9s.type("hostname; exit\r");
  await k9s.shows(/pods\(default\/web\)\[3\]/);
});

test("deletes a pod by Ctrl+D, and its successor comes", async () => {
  k9s.type(KEYS.ctrlD);
  await k9s.shows(new RegExp(`Delete pods default/${pod}\\?`));
  k9s.type(KEYS.tab);
  k9s.type(KEYS.enter);
  await eventually("the pod goes", async () => !(await pods()).some(({ metadata }) => metadata.name === pod));
  await eventually("there are three again", async () => (await pods()).length === 3);
  await eventually("the screen has forgotten it", () => !k9s.text().includes(`${pod} `));
});

test("knows custom kinds by their names", async () => {
  await cluster.apply(
    "{apiVersion: shop.example.org/v1, kind: Gadget, metadata: {name: lamp}, spec: {size: 7}}",
  );
  k9s.type(":gadgets\r");
  await k9s.shows(/gadgets\(default\)\[1\]/);
  await k9s.shows(/lamp +7 /);
});

test("ends by :q", async () => {
  k9s.type(":q\r");
  await k9s.ended;
});
