/** The page's terminal with everything behind it: the real shell, kubectl and cluster. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { apply, manifest, openPage, settle } from "./harness.mjs";

const TIMEOUT = 120_000;

async function openTerminal(query = {}, options = {}) {
  const page = await openPage({ rate: "10", ...query }, options);
  page.setDefaultTimeout(TIMEOUT);
  await page.getByRole("tab", { name: "Terminal", exact: true }).click();
  return page;
}

const field = (page) => page.getByRole("textbox", { name: "Command" });
const log = (page) => page.getByRole("log");

/** Runs a line and waits for the prompt; gives what it printed. */
async function run(page, line) {
  await field(page).fill(line);
  await field(page).press("Enter");
  await page.locator(".terminal-input:not(.terminal-busy)").waitFor();
  return log(page).locator(".terminal-block").last().locator(".terminal-output").innerText();
}

for (const theme of ["light", "dark"]) {
  test(`a learner's first commands, in the ${theme} theme`, async () => {
    const page = await openTerminal({ theme });
    await apply(page, manifest({ replicas: 3 }));
    await settle(page);
    assert.match(
      await run(page, "kubectl get deployment"),
      /^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\nimage-deployment\s+3\/3/,
    );
    assert.match(
      await run(page, "kubectl get pods | awk 'NR>1 {print $3}' | sort | uniq -c"),
      /^\s*3 Running\n?$/,
    );
    assert.match(
      await run(page, "kubectl get nothing"),
      /^error: the server doesn't have a resource type "nothing"/,
    );
    await page.getByText("exit status 1").waitFor();
    await run(page, "kubectl get rs");
    const link = log(page)
      .getByRole("button", { name: /^image-deployment-[0-9a-z]+$/ })
      .last();
    await link.click();
    await page.getByRole("tab", { name: "Details" }).waitFor();
    if (process.env.PICTURES !== undefined) {
      await page.screenshot({ path: path.join(process.env.PICTURES, `page-terminal-${theme}.png`) });
    }
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}

test("the article's opening lines, pasted with their prompts, and the cluster's network", async () => {
  const page = await openTerminal();
  const pulled = await run(page, "docker pull registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1");
  assert.match(
    pulled,
    /Status: Downloaded newer image for registry\.cn-beijing\.aliyuncs\.com\/mrvolleyball\/nginx:v1/,
  );
  assert.match(await run(page, "root@k8s-master:~# docker run -d  -p 10080:80 nginx:v1"), /\b[0-9a-f]{64}\b/);
  assert.match(
    await run(page, "root@k8s-master:~# curl -s http://127.0.0.1:10080"),
    /^-+\nversion: v1\nhostname: [0-9a-f]{12}\n?$/,
  );
  await apply(page, manifest({ replicas: 1 }));
  await run(page, "kubectl expose deployment image-deployment --port 80");
  await settle(page);
  assert.match(
    // kube-proxy learns of an endpoint a moment after the pod is ready.
    await run(page, "until curl -s http://image-deployment; do sleep 1; done"),
    /version: v1\nhostname: image-deployment-/,
  );
  assert.match(await run(page, "curl http://nobody"), /^curl: \(6\) Could not resolve host: nobody/);
  assert.deepEqual(page.faults, []);
  await page.close();
});
