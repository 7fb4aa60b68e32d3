import assert from "node:assert/strict";
import { before, test } from "node:test";
import { apply, get, openPage, settle } from "./harness.mjs";
import { kubectl, printed, run } from "./terminal.mjs";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "nginx:1.27"}]
`;

/** The page that most tests share: each but the last leaves the Deployment as it found it. */
let page;

before(async () => {
  page = await openPage({ rate: "10" });
  await apply(page, WEB);
  await settle(page);
});

/** Each error is upstream's word for word, with kubectl's exit status. */
test("errors are upstream's", async () => {
  const strict = WEB.replace("replicas: 2", "replicsa: 2").replace("name: web,", "name: other,");
  const immutable = WEB.replaceAll("{app: web}", "{app: changed}");
  const files = {
    "strict.yaml": strict,
    "immutable.yaml": immutable,
    "conflict.yaml": WEB.replace("replicas: 2", "replicas: 3"),
  };
  const set = (await get(page, "/apis/apps/v1/namespaces/default/replicasets")).items[0].metadata.name;
  for (const [line, code, stderr] of [
    ["get widgets", 1, /^error: the server doesn't have a resource type "widgets"\n$/],
    ["get pod nothing", 1, /^Error from server \(NotFound\): pods "nothing" not found\n$/],
    ["frobnicate", 1, /^error: unknown command "frobnicate" for "kubectl"\n/],
    [
      "get pods --frobnicate",
      1,
      /^error: unknown flag: --frobnicate\nSee 'kubectl get --help' for usage\.\n$/,
    ],
    [
      "get pods -o jsonpath={.items[}",
      1,
      /^error: error parsing jsonpath \{\.items\[\}, unterminated array\n$/,
    ],
    ["apply -f missing.yaml", 1, /^error: the path "missing\.yaml" does not exist\n$/],
    [
      "apply -f strict.yaml",
      1,
      /^Error from server \(BadRequest\): error when creating "strict\.yaml": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec\.replicsa"\n$/,
    ],
    [
      "apply -f immutable.yaml",
      1,
      /^The Deployment "web" is invalid: spec\.selector: Invalid value: .*: field is immutable\n$/s,
    ],
    [
      "create deployment web --image=nginx",
      1,
      /^error: failed to create deployment: deployments\.apps "web" already exists\n$/,
    ],
    [
      `apply --server-side --field-manager=other -f conflict.yaml --validate=false`,
      1,
      /^error: Apply failed with 1 conflict: conflict with .*: \.spec\.replicas\n/,
    ],
    [
      `scale rs ${set} --replicas=5 --resource-version=1`,
      1,
      /^error: (Operation cannot be fulfilled|.*Precondition failed|Expected resource version)/s,
    ],
    ["wait --for=condition=Available deploy/web --timeout=0s", 0, /^$/],
    [
      "wait --for=condition=Nothing deploy/web --timeout=30s",
      1,
      /^error: timed out waiting for the condition on deployments\/web\n$/,
    ],
  ]) {
    const result = await kubectl(page, line.split(" "), { files });
    assert.equal(result.code, code, `kubectl ${line}: ${JSON.stringify(result)}`);
    assert.match(result.stderr, stderr, `kubectl ${line}`);
  }
  assert.deepEqual(page.faults, []);
});

test("what cannot work in a tab says so and what to use", async () => {
  for (const [line, instead] of [
    ["port-forward pod/x 80", /use curl/],
    ["proxy", /use kubectl get --raw/],
    ["apply -f https://example.org/manifest.yaml", /copy it into the editor/],
  ]) {
    const result = await kubectl(page, line.split(" "));
    assert.equal(result.code, 1, line);
    assert.match(result.stderr, instead, line);
    assert.equal(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
  }
  assert.deepEqual(page.faults, []);
});

test("several commands at once, a watch among them, and Ctrl-C", async () => {
  const watching = page.evaluate(() => {
    window.watch = new AbortController();
    return window.tabernetes.run("kubectl get pods -w --no-headers", { signal: window.watch.signal });
  });
  const names = ["a", "b", "c", "d"];
  const created = await Promise.all(
    names.map((name) =>
      kubectl(page, ["apply", "-f", "-"], {
        stdin: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: at-once-${name}}\n`,
      }),
    ),
  );
  assert.deepEqual(
    created,
    names.map((name) => ({ code: 0, stdout: `configmap/at-once-${name} created\n`, stderr: "" })),
  );
  // A shell runs one line at a time, and this one watches: the commands do not go through it.
  const scaled = await kubectl(page, ["scale", "deploy", "web", "--replicas=3"]);
  assert.equal(scaled.stdout, "deployment.apps/web scaled\n");
  const status = await kubectl(page, ["rollout", "status", "deploy/web"]);
  assert.match(status.stdout, /successfully rolled out\n$/);
  await page.evaluate(() => window.watch.abort());
  const watched = await watching;
  assert.equal(watched.code, 130);
  assert.match(watched.stdout, /Pending/);
  assert.match(watched.stdout, /ContainerCreating/);
  assert.equal(await printed(page, "kubectl get deploy web -o jsonpath={.status.readyReplicas}"), "3");
  await printed(page, "kubectl scale deploy web --replicas=2");
  await settle(page);
});

test("kubectl edit opens the page's editor and goes on with what was saved", async () => {
  const editing = run(page, "kubectl edit deploy web");
  const dialog = page.getByRole("dialog", { name: "Edit an object" });
  await dialog.waitFor();
  await dialog.getByRole("textbox", { name: "YAML editor" }).click();
  await page.keyboard.press("Control+A");
  const { stdout } = await kubectl(page, ["get", "deploy", "web", "-o", "yaml"]);
  await page.keyboard.insertText(stdout.replace("replicas: 2", "replicas: 4"));
  await dialog.getByRole("button", { name: "Save" }).click();
  assert.deepEqual(await editing, { code: 0, stdout: "deployment.apps/web edited\n", stderr: "" });
  assert.equal(await printed(page, "kubectl get deploy web -o jsonpath={.spec.replicas}"), "4");

  const cancelled = run(page, "kubectl edit deploy web");
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.match((await cancelled).stderr, /Edit cancelled, no changes made\./);
  await printed(page, "kubectl scale deploy web --replicas=2");
  await settle(page);
  assert.deepEqual(page.faults, []);
});

/**
 * What a learner types that needs more of kubectl than a request and a table. The
 * last test on the shared page: it changes the Deployment.
 */
test("formats, explain, diff, server-side apply, dry run, authorization, nodes", async () => {
  await kubectl(page, ["version"], { files: { "web.yaml": WEB.replace("replicas: 2", "replicas: 3") } });
  for (const [line, pattern, code = 0] of [
    ["kubectl version", /^Client Version: v1\.37\.2\nKustomize Version: .*\nServer Version: v1\.37\.2\n$/],
    ["kubectl get deploy web -o name", /^deployment\.apps\/web\n$/],
    ["kubectl get deploy web -o jsonpath='{.spec.replicas}'", /^2$/],
    ["kubectl get deploy web -o go-template='{{.metadata.name}}{{\"\\n\"}}'", /^web\n$/],
    ["kubectl get deploy -o custom-columns=NAME:.metadata.name,N:.spec.replicas", /^NAME +N\nweb +2\n$/],
    ["kubectl get deploy web -o yaml", /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n/],
    ["kubectl get deploy web -o json", /^\{\n {4}"apiVersion": "apps\/v1",/],
    ["kubectl get deploy web -o wide", /CONTAINERS +IMAGES +SELECTOR\nweb .* nginx:1\.27 +app=web\n$/],
    ["kubectl get pods --sort-by=.metadata.name --no-headers | wc -l", /^\s*2\n$/],
    [
      "kubectl explain deployment.spec.strategy",
      /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: strategy/,
    ],
    [
      "kubectl diff -f web.yaml",
      /^diff -u -N \/tmp\/LIVE-.*\n--- .*\n\+\+\+ .*\n@@ .*- {2}replicas: 2\n\+ {2}replicas: 3\n/s,
      1,
    ],
    ["kubectl apply -f web.yaml --dry-run=client", /^deployment\.apps\/web configured \(dry run\)\n$/],
    ["kubectl apply -f web.yaml --dry-run=server", /^deployment\.apps\/web configured \(server dry run\)\n$/],
    [
      "kubectl apply --server-side --force-conflicts -f web.yaml",
      /^deployment\.apps\/web serverside-applied\n$/,
    ],
    ["kubectl diff -f web.yaml", /^$/],
    [
      "kubectl create deployment x --image=nginx --dry-run=client -o yaml",
      /^apiVersion: apps\/v1\nkind: Deployment\n/,
    ],
    ["kubectl auth can-i create pods", /^yes\n$/],
    ["kubectl auth whoami", /Username +kubernetes-admin\n/],
    [
      "kubectl api-resources --api-group=apps",
      /^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND\n.*deployments +deploy +apps\/v1 +true +Deployment\n/s,
    ],
    ["kubectl api-versions", /^apps\/v1$/m],
    ["kubectl cluster-info", /Kubernetes control plane.* is running at .*https:\/\/kubernetes:6443/],
    [
      "kubectl config get-contexts",
      /^CURRENT +NAME .*\n\* +kubernetes-admin@kubernetes +kubernetes +kubernetes-admin/,
    ],
    ["kubectl cordon node-1", /^node\/node-1 cordoned\n$/],
    ["kubectl drain node-1 --ignore-daemonsets", /node\/node-1 drained\n$/],
    ["kubectl uncordon node-1", /^node\/node-1 uncordoned\n$/],
    ["kubectl taint node node-1 key=value:NoSchedule", /^node\/node-1 tainted\n$/],
    ["kubectl taint node node-1 key=value:NoSchedule-", /^node\/node-1 untainted\n$/],
    ["kubectl events --for deploy/web", /ScalingReplicaSet/],
    ["kubectl logs deploy/web --tail=5", /^/],
    ["kubectl debug deploy/web --image=busybox --copy-to=x", /^/, 1],
    [
      "kubectl create configmap files --from-file=web.yaml && kubectl get cm files -o jsonpath='{.data.web\\.yaml}' | head -1",
      /^configmap\/files created\napiVersion: apps\/v1\n$/,
    ],
    [
      "printf 'resources: [web.yaml]\\nnamePrefix: a-\\n' > kustomization.yaml && kubectl kustomize .",
      /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}labels:\n {4}app: web\n {2}name: a-web\n/,
    ],
    ["kubectl apply -k . --dry-run=client", /^deployment\.apps\/a-web created \(dry run\)\n$/],
  ]) {
    const result = await run(page, line);
    assert.equal(result.code, code, `${line}: ${JSON.stringify(result)}`);
    assert.match(result.stdout, pattern, `${line}: ${JSON.stringify(result)}`);
    assert.doesNotMatch(result.stderr, /panic|not implemented|js\/wasm/, line);
  }
  assert.deepEqual(page.faults, []);
});
