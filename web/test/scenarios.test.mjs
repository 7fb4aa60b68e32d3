import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { apply, get, newCluster, openPage, settle, typeYaml, untilReady } from "./harness.mjs";
import { NAMES, RELEASE, SHOP } from "./scenarios/shop.mjs";
import { printed, run } from "./terminal.mjs";

/** What people bring to a cluster: manifests of `scenarios/`, and what the page makes of them. */

const read = (name) => readFileSync(new URL(`scenarios/${name}.yaml`, import.meta.url), "utf8");

/** One page for all; each scenario removes what it has made. */
let page;

before(async () => {
  page = await openPage({ rate: "10", cluster: newCluster(), storage: "indexeddb" });
});

after(async () => {
  assert.deepEqual(page.faults, []);
  await page.close();
});

const succeed = (line) => printed(page, line);

const box = (label) => page.locator(`svg.drawing g.box[aria-label^="${label}"]`);

const applyByHand = () => page.getByRole("button", { name: "Apply Ctrl+Enter" }).click();

/** The Deployments of the namespace `default` whose pods are not all available. */
async function unavailable() {
  const { items } = await get(page, "/apis/apps/v1/namespaces/default/deployments");
  return items
    .filter(({ spec, status }) => (status.availableReplicas ?? 0) !== spec.replicas)
    .map(({ metadata }) => metadata.name);
}

const openTerminal = () => page.getByRole("tab", { name: "Terminal", exact: true }).click();

/** What is drawn of a command in the terminal. */
const blockOf = (command) =>
  page.locator(".terminal-block", { has: page.locator(".terminal-command code", { hasText: command }) });

test("a definition and an object of it in one file: kubectl's two attempts, then a kind like any other", async () => {
  await typeYaml(page, read("customresource"));
  await applyByHand();
  const results = page.locator(".results");
  await results.getByText("customresourcedefinition/bakeries.food.example created").waitFor();
  await results.getByText("ensure CRDs are installed first").waitFor();
  await results.getByText("apply once more").waitFor();
  await settle(page);
  await applyByHand();
  await results.getByText("bakery/corner created").waitFor();

  assert.match(await succeed("kubectl get bky"), /^NAME +BREAD +OVENS +READY\ncorner +rye +1 *\n$/);
  assert.match(await succeed("kubectl get all"), /bakery\.food\.example\/corner +rye/);
  assert.match(await succeed("kubectl explain bakery.spec.bread"), /ENUM:\n +rye\n +wheat\n +spelt\n/);
  await succeed("kubectl scale bakery corner --replicas=3");
  const tooMany = await run(page, `kubectl patch bakery corner --type merge -p '{"spec":{"ovens":9}}'`);
  assert.match(
    tooMany.stderr,
    /The Bakery "corner" is invalid: spec\.ovens: Invalid value: 9: spec\.ovens in body should be less than or equal to 4/,
  );
  await openTerminal();
  const field = page.getByRole("textbox", { name: "Command" });
  await field.fill("kubectl describe bak");
  await field.press("Tab");
  await page.waitForFunction(() => document.querySelector(".terminal-field").value.includes("bakeries"));
  await field.fill("");

  await box("Bakery corner, custom resource, no conditions").click();
  const details = page.locator(".details");
  await details.getByText("no controller has written a status").waitFor();
  await succeed(
    `kubectl patch bakery corner --subresource status --type merge -p '{"status":{"ovens":1,"conditions":[{"type":"Ready","status":"False","reason":"NoFlour","message":"the mill stands still"}]}}'`,
  );
  await box("Bakery corner, custom resource, Ready=False (NoFlour)").waitFor();
  await details.getByText("Its controller reports Ready=False (NoFlour): the mill stands still").waitFor();
  assert.match(await succeed("kubectl get bakeries"), /corner +rye +3 +False/);

  await succeed("kubectl delete crd bakeries.food.example");
  await box("Bakery").waitFor({ state: "detached" });
});

test("an admission policy refuses, in upstream's words, and the page says who", async () => {
  await apply(page, read("policy"));
  await settle(page);
  await typeYaml(page, read("web"));
  await applyByHand();
  const results = page.locator(".results");
  await results
    .getByText(
      "ValidatingAdmissionPolicy 'replica-limit' with binding 'replica-limit-everywhere' denied request: at most 5 replicas, not 6",
    )
    .waitFor();
  await results
    .getByText(
      "Refused by the ValidatingAdmissionPolicy replica-limit, which the binding replica-limit-everywhere",
    )
    .waitFor();

  // The second line is typed while the first still runs.
  await openTerminal();
  await page.keyboard.type(
    "kubectl create deployment web --image=nginx --replicas=7\nkubectl delete pods --all --as nobody\n",
  );
  const block = blockOf("kubectl create deployment web");
  await block
    .getByText(
      "error: failed to create deployment: deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'replica-limit' with binding 'replica-limit-everywhere' denied request: at most 5 replicas, not 7",
    )
    .waitFor();
  await block.getByText("Refused by the ValidatingAdmissionPolicy replica-limit").waitFor();
  await block.getByText("kubectl get validatingadmissionpolicy replica-limit -o yaml").waitFor();

  const forbidden = blockOf("kubectl delete pods --all --as nobody");
  await forbidden
    .getByText("no role that is bound to nobody allows list on pods in the namespace default")
    .waitFor();
  await forbidden.getByText("kubectl auth can-i list pods --as nobody -n default").waitFor();
  await succeed("kubectl delete validatingadmissionpolicy,validatingadmissionpolicybinding --all");
});

test("WordPress with MySQL: available, its claims bound, its files there after a reload", async () => {
  await apply(page, read("wordpress"));
  await settle(page);
  assert.deepEqual(await unavailable(), []);
  const { items } = await get(page, "/api/v1/namespaces/default/persistentvolumeclaims");
  assert.deepEqual(
    items.map(({ metadata, status }) => [metadata.name, status.phase]),
    [
      ["mysql-pv-claim", "Bound"],
      ["wp-pv-claim", "Bound"],
    ],
  );
  await box("PersistentVolumeClaim wp-pv-claim, Bound, 20Gi, standard").waitFor();
  await succeed("kubectl exec deploy/wordpress -- sh -c 'echo Hello > /var/www/html/hello.txt'");
  // The disks are written at most once a second.
  await page.waitForTimeout(2500);
  await page.reload();
  await untilReady(page);
  assert.deepEqual(await unavailable(), []);
  assert.equal(await succeed("kubectl exec deploy/wordpress -- cat /var/www/html/hello.txt"), "Hello\n");
  await succeed("kubectl delete -l app=wordpress deployments,services,persistentvolumeclaims");
  await settle(page);
});

test("the guestbook: available, and its front answers", async () => {
  await apply(page, read("guestbook"));
  await settle(page);
  assert.deepEqual(await unavailable(), []);
  // kube-proxy learns of an endpoint a moment after the pod is ready.
  assert.match(await succeed("until curl -sI frontend; do sleep 1; done"), /200 OK/);
  await succeed("kubectl delete deployment,service redis-leader redis-follower frontend");
  await settle(page);
});

test("a pod asks the API server by TLS with its token: what its roles allow, and no more", async () => {
  await succeed("kubectl run asker --image=curlimages/curl:8.9.1 -- sleep 3600");
  await succeed("kubectl create role reader --verb=list --resource=pods");
  await succeed("kubectl create rolebinding reader --role=reader --serviceaccount=default:default");
  await succeed("kubectl wait pod asker --for=condition=Ready --timeout=60s");
  const account = "/var/run/secrets/kubernetes.io/serviceaccount";
  const ask = (path, as = `-H "Authorization: Bearer $(cat ${account}/token)"`) =>
    run(
      page,
      `kubectl exec asker -- sh -c 'curl -sS --cacert ${account}/ca.crt ${as} https://kubernetes.default.svc${path}'`,
    );
  const pods = JSON.parse((await ask("/api/v1/namespaces/default/pods")).stdout);
  assert.deepEqual(
    [pods.kind, pods.items.map(({ metadata }) => metadata.name).includes("asker")],
    ["PodList", true],
  );
  const refused = JSON.parse((await ask("/api/v1/namespaces/default/secrets")).stdout);
  assert.match(
    refused.message,
    /User "system:serviceaccount:default:default" cannot list resource "secrets"/,
  );
  const nobody = JSON.parse((await ask("/api/v1/nodes", "")).stdout);
  assert.match(nobody.message, /User "system:anonymous" cannot list resource "nodes"/);
  const untrusting = await run(page, "kubectl exec asker -- curl -sS https://kubernetes.default.svc/api");
  assert.match(untrusting.stderr, /SSL certificate problem: unable to get local issuer certificate/);
  await succeed("kubectl delete pod,role,rolebinding asker reader --ignore-not-found --now");
  await settle(page);
});

test("a shop of eleven Deployments: all available, and of one broken image the page diagnoses that one alone", async () => {
  await apply(page, SHOP);
  await settle(page);
  assert.deepEqual(await unavailable(), []);
  const { items } = await get(page, "/apis/apps/v1/namespaces/default/deployments");
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    [...NAMES].sort(),
  );

  const image = `us-central1-docker.pkg.dev/google-samples/microservices-demo/paymentservice:${RELEASE}-missing`;
  await succeed(`kubectl set image deployment/paymentservice server=${image}`);
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 30 }));
  const why = page.locator(".details .why-chain");
  for (const name of NAMES) {
    await box(`Deployment ${name},`).click();
    if (name === "paymentservice") {
      await why.getByText(`The registry does not have the image ${image}`).waitFor();
    } else {
      await page.locator(".details-title", { hasText: `Deployment ${name}` }).waitFor();
      await page.locator(".details .why-fine").waitFor();
    }
  }
});
