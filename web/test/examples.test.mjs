/**
 * The examples that kubectl's own help gives, run as they are printed: found by
 * walking the command tree, so that a new version brings its own. An example may
 * fail because what it names is not there; it must not fail inside kubectl.
 * Those that end with an error are listed, with the error.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, settle } from "./harness.mjs";
import { printed, run } from "./terminal.mjs";

/** Commands whose examples are run, with all commands below them. */
const COMMANDS = [
  "get",
  "describe",
  "apply",
  "create",
  "set image",
  "set resources",
  "set env",
  "patch",
  "scale",
  "autoscale",
  "expose",
  "rollout",
  "label",
  "annotate",
  "delete",
  "wait",
  "explain",
  "logs",
];

/** Host time after which Ctrl-C ends an example: those that follow something never end by themselves. */
const PATIENCE_MILLISECONDS = 30_000;
const FOLLOWING = / (-w|--watch|-f|--follow|--watch-only)( |$)|^kubectl (logs|get)\b.* -f\b/;
const FOLLOWED_MILLISECONDS = 3000;

/** What no error of an example may look like. */
const INTERNAL =
  /panic|runtime error|nil pointer|not implemented|js\/wasm|goroutine \d|has ended|did not end|unknown (flag|shorthand|command)|internal error/i;

/** Objects and files by the names that the examples use. */
const SETUP = [
  "kubectl create namespace test",
  ...["nginx", "foo", "frontend", "abc", "my-dep", "nginx-deployment", "mysql"].map(
    (name) => `kubectl create deployment ${name} --image=nginx --replicas=1`,
  ),
  ...["foo", "bar", "web-pod-13je7", "busybox1", "valid-pod", "pod1", "my-pod", "unwanted"].map(
    (name) => `kubectl run ${name} --image=nginx --labels=name=myLabel,app=nginx`,
  ),
  "kubectl expose deployment nginx --port=80",
  "kubectl create service clusterip redis --tcp=6379",
  "kubectl create job hello --image=busybox:1.36 -- echo hello",
  "kubectl create cronjob a-cronjob --image=busybox:1.36 --schedule='*/5 * * * *' -- date",
  "kubectl create configmap my-config --from-literal=key1=config1",
  "kubectl create secret generic my-secret --from-literal=key1=supersecret",
  "kubectl create deployment x --image=nginx --dry-run=client -o yaml > deployment.yaml",
  "kubectl create deployment x --image=nginx --dry-run=client -o json > deployment.json",
  "kubectl run x --image=nginx --dry-run=client -o yaml > pod.yaml",
  "kubectl run x --image=nginx --dry-run=client -o json > pod.json",
  "kubectl create configmap x --dry-run=client -o yaml > manifest.yaml",
  "cp pod.yaml foo.yaml; cp deployment.yaml frontend.yaml",
  "mkdir -p dir && cp pod.yaml dir/ && printf 'resources: [pod.yaml]\\n' > dir/kustomization.yaml",
  "mkdir -p path/to && echo config > path/to/bar && echo a=b > path/to/foo.env",
];

/** The lines below a heading of a help text. */
function section(help, heading) {
  const lines = help.split("\n");
  const begin = lines.indexOf(heading);
  if (begin < 0) {
    return [];
  }
  const length = lines.slice(begin + 1).findIndex((line) => line !== "" && !line.startsWith(" "));
  return lines.slice(begin + 1, length < 0 ? undefined : begin + 1 + length).map((line) => line.trim());
}

/** A command and those below it. */
async function tree(page, command) {
  const help = await printed(page, `kubectl ${command} --help`);
  const below = section(help, "Available Commands:")
    .map((line) => line.split(" ")[0])
    .filter((name) => name !== "");
  const all = [{ command, help }];
  for (const name of below) {
    all.push(...(await tree(page, `${command} ${name}`)));
  }
  return all;
}

/** The command lines among the examples, each whole. */
function examples(help) {
  return section(help, "Examples:")
    .join("\n")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => /(^|\| )kubectl /.test(line));
}

test("the examples of kubectl's help run without an internal error", async (context) => {
  const page = await openPage({ rate: "100" });
  for (const line of SETUP) {
    const { code, stderr } = await run(page, line);
    assert.equal(code, 0, `${line}: ${stderr}`);
  }
  await settle(page);
  let count = 0;
  const failed = [];
  const wrong = [];
  for (const root of COMMANDS) {
    for (const { command, help } of await tree(page, root)) {
      for (const line of examples(help)) {
        count++;
        const interruptAfter = FOLLOWING.test(line) ? FOLLOWED_MILLISECONDS : PATIENCE_MILLISECONDS;
        const { code, stderr } = await run(page, line, { interruptAfter });
        const error = stderr.trim().split("\n").slice(-2).join(" ").slice(0, 200);
        if (INTERNAL.test(stderr) || ![0, 1, 130].includes(code)) {
          wrong.push(`${line}: exit status ${code}: ${stderr.slice(0, 600)}`);
        } else if (code === 1) {
          failed.push(`${command}: ${line}: ${error}`);
        }
      }
    }
  }
  context.diagnostic(`${count} examples, ${failed.length} end with an error of the cluster's:`);
  for (const line of failed) {
    context.diagnostic(line);
  }
  assert.deepEqual(wrong, []);
  assert.ok(count > 150, `only ${count} examples were found`);
  assert.ok(
    failed.length < count / 2,
    `${failed.length} of ${count} examples fail: the test's objects are not those of the examples`,
  );
  assert.deepEqual(page.faults, []);
  await page.close();
});
