/** stern: the logs of all pods of a Deployment, over a rollout, in one stream. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, startCluster } from "./cluster.mjs";

let cluster;

before(async () => {
  cluster = await startCluster();
  await cluster.apply(talkers("first"));
  await cluster.kubectl("rollout status deployment talker --timeout=60s");
});
after(() => cluster?.close());

/** Two pods, each of which says a word a second. */
const talkers = (word) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: talker}
spec:
  replicas: 2
  selector: {matchLabels: {app: talker}}
  template:
    metadata: {labels: {app: talker}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: mouth
        image: busybox:1.36
        command: [sh, -c, "while true; do echo ${word} $HOSTNAME; sleep 1; done"]
`;

/** The pods of which stern has shown a word, by their own names. */
const speakers = (output, word) =>
  new Set(
    [...output.matchAll(new RegExp(`"message":"${word} (talker-[^"\\\\\\\\]+)`, "g"))].map(
      ([, name]) => name,
    ),
  );

test("shows what has been said, of the pods that a query finds", async () => {
  const said = await cluster.run("stern", [
    ...["deployment/talker", "--no-follow", "--tail", "1", "--color", "never"],
    ...["--template", "{{.PodName}} {{.ContainerName}} {{.Message}}\n"],
  ]);
  const lines = said.split("\n").filter((line) => / first /.test(line));
  assert.equal(lines.length, 2, said);
  for (const line of lines) assert.match(line, /^(talker-\S+) mouth first \1$/);
});

test("follows a rollout: new pods join the stream, old ones leave it", async () => {
  const stern = cluster.start("stern", ["talker", "--tail", "1", "--output", "json", "--color", "never"]);
  await eventually("two pods of the first version", () => speakers(stern.output, "first").size === 2);
  await cluster.apply(talkers("second"));
  await cluster.kubectl("rollout status deployment talker --timeout=60s");
  await eventually("two pods of the second version", () => speakers(stern.output, "second").size === 2);
  const named = JSON.parse(stern.output.split("\n").find((line) => line.includes("second")));
  assert.equal(named.namespace, "default");
  assert.equal(named.containerName, "mouth");
  assert.match(named.nodeName, /^node-\d$/);
  for (const name of speakers(stern.output, "first")) {
    await eventually(`${name} leaves the stream`, () => stern.output.includes(`- ${name} `));
  }
  await stern.stop();
});

test("finds pods by labels and fields, and says nothing of others", async () => {
  const node = (await cluster.get("pods -l app=talker")).items[0].spec.nodeName;
  const said = await cluster.run("stern", [
    ...["--selector", "app=talker", "--field-selector", `spec.nodeName=${node}`],
    ...["--no-follow", "--tail", "1", "--color", "never", "--template", "{{.NodeName}}\n"],
  ]);
  const nodes = new Set(said.split("\n").filter((line) => line.startsWith("node-")));
  assert.deepEqual([...nodes], [node], said);
});
