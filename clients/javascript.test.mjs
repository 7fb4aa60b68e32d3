/** The JavaScript client of Kubernetes: objects, informers, exec, attach, cp, logs, port-forward, tokens. */
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import * as k8s from "@kubernetes/client-node";
import tar from "tar-fs";
import { eventually, startCluster } from "./cluster.mjs";

const NAMESPACE = "default";
const POD = `
apiVersion: v1
kind: Pod
metadata: {name: box, labels: {app: box}}
spec:
  containers:
  - name: web
    image: nginx:1.27
    ports: [{containerPort: 80}]
  - name: shell
    image: busybox:1.36
    stdin: true
    command: [sh, -c, "echo awake; while read line; do echo heard $line; done"]
`;

let cluster;
let config;
let core;

before(async () => {
  cluster = await startCluster();
  config = new k8s.KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  core = config.makeApiClient(k8s.CoreV1Api);
});
after(() => cluster?.close());

const podsOf = (client) => () => client.listNamespacedPod({ namespace: NAMESPACE });

/** Runs a command in the pod: what it printed, and the status that came last. */
async function exec(command, { input, container = "shell" } = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(NAMESPACE, "box", container, command, stdout, stderr, input ?? null, false, resolve)
      .catch(reject);
  });
  const [out, errors] = await printed;
  return { status, out, errors };
}

test("creates, reads, applies and patches objects", async () => {
  const objects = k8s.KubernetesObjectApi.makeApiClient(config);
  const made = await objects.create(k8s.loadYaml(POD));
  assert.match(made.metadata.uid, /^[0-9a-f-]{36}$/);
  await eventually("the pod runs", async () => {
    const { status } = await core.readNamespacedPod({ name: "box", namespace: NAMESPACE });
    return status.phase === "Running" && status.containerStatuses.every(({ ready }) => ready);
  });
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "map", namespace: NAMESPACE },
    data: { a: "1" },
  };
  await objects.patch(map, undefined, undefined, "javascript", undefined, k8s.PatchStrategy.ServerSideApply);
  const { metadata } = await core.readNamespacedConfigMap({ name: "map", namespace: NAMESPACE });
  assert.equal(metadata.managedFields[0].manager, "javascript");
  await assert.rejects(core.readNamespacedPod({ name: "none", namespace: NAMESPACE }), (error) => {
    assert.equal(error.code, 404);
    assert.match(error.body, /pods \\"none\\" not found/);
    return true;
  });
  const { major, minor } = await config.makeApiClient(k8s.VersionApi).getCode();
  assert.equal(`${major}.${minor}`, "1.37");
});

test("keeps a list by an informer, through a connection that breaks", async () => {
  const line = await breakableLine(new URL(config.getCurrentCluster().server));
  const broken = new k8s.KubeConfig();
  broken.loadFromString(config.exportConfig());
  broken.clusters = [{ ...config.getCurrentCluster(), server: line.address }];
  const informer = k8s.makeInformer(broken, `/api/v1/namespaces/${NAMESPACE}/configmaps`, () =>
    broken.makeApiClient(k8s.CoreV1Api).listNamespacedConfigMap({ namespace: NAMESPACE }),
  );
  const seen = [];
  let connections = 0;
  for (const verb of ["add", "update", "delete"])
    informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata.name}`));
  informer.on("connect", () => {
    connections++;
  });
  let stopped = false;
  informer.on("error", () => setTimeout(() => stopped || informer.start(), 100));
  await informer.start();
  const body = (name, data) => ({ metadata: { name }, data });
  await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: body("one", { a: "1" }) });
  await core.replaceNamespacedConfigMap({ namespace: NAMESPACE, name: "one", body: body("one", { a: "2" }) });
  await eventually("what happens is heard", () => seen.includes("add one") && seen.includes("update one"));

  line.cut();
  await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: body("two", { a: "1" }) });
  await core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: "one" });
  await eventually(
    "what has happened meanwhile is heard",
    () => seen.includes("add two") && seen.includes("delete one"),
  );
  assert.ok(connections > 1, "the informer has connected once only");
  assert.equal(seen.filter((event) => event === "add one").length, 1, `${seen}`);
  assert.ok(informer.get("two", NAMESPACE));
  stopped = true;
  await informer.stop();
  line.close();
});

test("runs commands in a container, with input and an exit status", async () => {
  const greeted = await exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  assert.equal(greeted.out, "out\n");
  assert.equal(greeted.errors, "err\n");
  assert.equal(greeted.status.status, "Failure");
  assert.deepEqual(greeted.status.details.causes, [{ reason: "ExitCode", message: "3" }]);

  const input = new PassThrough();
  input.end("b\na\n");
  const sorted = await exec(["sort"], { input });
  assert.equal(sorted.out, "a\nb\n");
  assert.equal(sorted.status.status, "Success");

  const missing = await exec(["no-such-program"]);
  assert.match(missing.status.message, /no-such-program/);
});

test("opens a terminal, interrupts what runs in it, and ends with its shell", async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough({ encoding: "utf8" });
  Object.assign(stdout, { rows: 31, columns: 97 });
  let printed = "";
  stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const ended = new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(NAMESPACE, "box", "shell", ["sh"], stdout, null, stdin, true, resolve)
      .catch(reject);
  });
  await eventually("a prompt", () => printed.endsWith("# "));
  stdin.write("sleep 1000\n");
  await eventually("what is typed", () => printed.endsWith("sleep 1000\r\n"));
  stdin.write("\x03");
  await eventually("a prompt after Ctrl+C", () => printed.endsWith("# "));
  stdin.write("exit 4\n");
  const { details } = await ended;
  assert.deepEqual(details.causes, [{ reason: "ExitCode", message: "4" }]);
});

test("attaches to a container's main process", async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough({ encoding: "utf8" });
  let printed = "";
  stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const socket = await new k8s.Attach(config).attach(NAMESPACE, "box", "shell", stdout, null, stdin, false);
  stdin.write("me\n");
  await eventually("an answer", () => printed.includes("heard me\n"));
  socket.close();
});

test("follows a log, and asks for its end", async () => {
  const stream = new PassThrough({ encoding: "utf8" });
  let followed = "";
  stream.on("data", (chunk) => {
    followed += chunk;
  });
  const request = await new k8s.Log(config).log(NAMESPACE, "box", "shell", stream, { follow: true });
  await eventually("the log", () => followed.startsWith("awake\n"));
  request.abort();
  const last = await core.readNamespacedPodLog({
    name: "box",
    namespace: NAMESPACE,
    container: "shell",
    tailLines: 1,
  });
  assert.equal(last, "heard me\n");
});

test("copies files to a pod and from it", async () => {
  const from = path.join(cluster.folder, "from");
  await mkdir(path.join(from, "deep"), { recursive: true });
  await writeFile(path.join(from, "deep", "letter"), "dear pod\n");
  await new k8s.Cp(config).cpToPod(NAMESPACE, "box", "shell", from, "/tmp");
  await eventually(
    "the file is there",
    async () => (await exec(["cat", "/tmp/deep/letter"])).out === "dear pod\n",
  );

  // Cp.cpFromPod asks tar for gzip and does not unpack it, with any cluster.
  const to = path.join(cluster.folder, "to");
  const archive = tar.extract(to);
  const unpacked = new Promise((resolve, reject) => archive.once("finish", resolve).once("error", reject));
  await new k8s.Exec(config).exec(
    NAMESPACE,
    "box",
    "shell",
    ["tar", "cf", "-", "-C", "/tmp", "deep"],
    archive,
    null,
    null,
    false,
  );
  await unpacked;
  assert.equal(await readFile(path.join(to, "deep", "letter"), "utf8"), "dear pod\n");
});

test("forwards a port", async () => {
  const server = net.createServer((connection) => {
    new k8s.PortForward(config).portForward(NAMESPACE, "box", [80], connection, null, connection).then(
      (socket) => socket.once("close", () => connection.end()),
      (error) => connection.destroy(error),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (let i = 0; i < 2; i++) {
    const answer = await getOnce(server.address().port);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /Welcome to nginx!/);
  }
  server.close();
});

test("acts for a service account by its token, within its role", async () => {
  await core.createNamespacedServiceAccount({ namespace: NAMESPACE, body: { metadata: { name: "reader" } } });
  const access = config.makeApiClient(k8s.RbacAuthorizationV1Api);
  await access.createNamespacedRoleBinding({
    namespace: NAMESPACE,
    body: {
      metadata: { name: "reader" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: "reader", namespace: NAMESPACE }],
    },
  });
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace: NAMESPACE,
    name: "reader",
    body: { spec: { audiences: [], expirationSeconds: 600 } },
  });
  const reader = new k8s.KubeConfig();
  reader.loadFromClusterAndUser(config.getCurrentCluster(), { name: "reader", token: status.token });
  const { items } = await podsOf(reader.makeApiClient(k8s.CoreV1Api))();
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ["box"],
  );
  await assert.rejects(
    reader.makeApiClient(k8s.CoreV1Api).deleteNamespacedPod({ name: "box", namespace: NAMESPACE }),
    (error) => {
      assert.equal(error.code, 403);
      assert.match(error.body, /system:serviceaccount:default:reader/);
      return true;
    },
  );
  const review = await reader.makeApiClient(k8s.AuthenticationV1Api).createSelfSubjectReview({ body: {} });
  assert.equal(review.status.userInfo.username, "system:serviceaccount:default:reader");
});

test("reads metrics of nodes and pods", async () => {
  const metrics = new k8s.Metrics(config);
  const { items } = await eventually("metrics of the pod", async () => {
    const found = await metrics.getPodMetrics(NAMESPACE);
    return found.items.length > 0 ? found : undefined;
  });
  assert.equal(items[0].metadata.name, "box");
  await eventually("metrics of the nodes", async () => (await metrics.getNodeMetrics()).items.length === 3);
});

/** A line to the API server that can be cut; later connections go through again. */
async function breakableLine({ hostname, port }) {
  const ends = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => {});
      end.once("close", () => ends.delete(end));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  return {
    address: `https://127.0.0.1:${server.address().port}`,
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

/** Sends one request to a port and returns the whole answer. */
async function getOnce(port) {
  const connection = net.connect(port, "127.0.0.1");
  connection.write("GET / HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n");
  return await text(connection);
}
