/** exec, attach and run -it in the page: upstream's protocols over the message port. */
import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import { openPage } from "./harness.mjs";
import { printed, run } from "./terminal.mjs";

const TIMEOUT = 60_000;

let page;

before(async () => {
  page = await openPage({ rate: "10" });
  page.setDefaultTimeout(TIMEOUT);
  await printed(
    page,
    "kubectl run web --image=nginx:1.27 && kubectl wait --for=condition=Ready pod/web --timeout=5m",
  );
});

test("a command in a container has its output, status and input", async () => {
  assert.deepEqual(await run(page, "kubectl exec web -- sh -c 'echo out; echo problem >&2; exit 3'"), {
    code: 3,
    stdout: "out\n",
    stderr: "problem\ncommand terminated with exit code 3\n",
  });
  assert.equal(
    await printed(page, "seq 1 20000 | kubectl exec -i web -- sh -c 'wc -l; hostname'"),
    "20000\nweb\n",
  );
  assert.match(
    (await run(page, "kubectl exec nobody -- ls")).stderr,
    /^Error from server \(NotFound\): pods "nobody" not found\n$/,
  );
  assert.match((await run(page, "kubectl exec -it web -- true < /dev/null")).stderr, /^Unable to use a TTY/);
});

test("a file changed by exec changes what the pod answers", async () => {
  await printed(page, "kubectl expose pod web --port=80");
  await printed(page, "kubectl exec web -- sh -c 'echo changed > /usr/share/nginx/html/index.html'");
  assert.equal(await printed(page, "sleep 2; curl -s http://web"), "changed\n");
});

test("Ctrl-C ends an exec that would go on", async () => {
  const result = await run(page, "kubectl exec web -- sleep 100000", { interruptAfter: 500 });
  assert.equal(result.code, 130);
});

/** What the terminal shows, with its spaces as one. */
const shown = (of) => of.getByRole("log").innerText();
const typed = async (of, line) => {
  const field = of.getByRole("textbox", { name: "Command" });
  await field.fill(line);
  await field.press("Enter");
};
const until = (of, pattern) =>
  of.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector("[role=log]")?.textContent ?? ""),
    pattern.source,
  );

test("exec -it is a terminal: prompt, echo, Ctrl-C and exit", async () => {
  await page.getByRole("tab", { name: "Terminal", exact: true }).click();
  await typed(page, "kubectl exec -it web -- sh");
  await until(page, /\/ # $/);
  await typed(page, "hostname; test -t 0 && echo terminal");
  await until(page, /hostname; test -t 0 && echo terminal\s+web\s+terminal\s+\/ # $/);
  await typed(page, "sleep 100000");
  await until(page, /sleep 100000\s*$/);
  await page.getByRole("textbox", { name: "Command" }).press("Control+c");
  await until(page, /\^C\s+\/ # $/);
  if (process.env.PICTURES !== undefined) {
    await page.screenshot({ path: path.join(process.env.PICTURES, "page-exec.png") });
  }
  await typed(page, "exit 4");
  await page.getByText("exit status 4").waitFor();
  await page.locator(".terminal-input:not(.terminal-busy)").waitFor();
  await typed(page, "echo back");
  await until(page, /echo back.*back\s*$/s);
  assert.doesNotMatch(await shown(page), /Unable to use a TTY/);
});

test("run -it attaches to what it has started, and attach to what runs", async () => {
  await typed(page, "kubectl run once -it --rm --restart=Never --image=busybox:1.36 -- sh");
  await until(page, /If you don't see a command prompt, try pressing enter\./);
  await page.getByRole("textbox", { name: "Command" }).press("Enter"); // the prompt came before kubectl was attached
  await until(page, /\/ # $/);
  await typed(page, "echo from inside");
  await until(page, /\s+from inside\s+\/ # $/);
  await page.getByRole("textbox", { name: "Command" }).press("Control+d");
  await until(page, /pod "once" deleted/);
  await page.locator(".terminal-input:not(.terminal-busy)").waitFor();
  await printed(
    page,
    "kubectl run counter --image=busybox:1.36 -- sh -c 'while true; do date +%s; sleep 1; done'",
  );
  await printed(page, "kubectl wait --for=condition=Ready pod/counter --timeout=5m");
  const result = await run(page, "kubectl attach counter", { interruptAfter: 3000 });
  assert.match(result.stdout, /^(\d+\n){2,}/m);
  assert.deepEqual(page.faults, []);
});
