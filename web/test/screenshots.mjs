/**
 * Takes the README's pictures from the running page: a rollout half way, in the
 * light and in the dark theme.
 *
 *   node web/test/screenshots.mjs
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./drivers/chromium.mjs";
import { serveStatic } from "./static.mjs";

const pictures = fileURLToPath(new URL("../pictures/", import.meta.url));
const manifest = (tag) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: image-deployment
spec:
  replicas: 5
  minReadySeconds: 5
  selector:
    matchLabels:
      app: image-update
  template:
    metadata:
      labels:
        app: image-update
    spec:
      containers:
      - name: nginx
        image: registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:${tag}
---
apiVersion: v1
kind: Service
metadata:
  name: image-service
spec:
  selector:
    app: image-update
  ports:
  - port: 80
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: image-budget
spec:
  minAvailable: 3
  selector:
    matchLabels:
      app: image-update
`;

await mkdir(pictures, { recursive: true });
const site = await serveStatic();
const browser = await chromium.launch({
  executablePath: EXECUTABLE,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
    await page.goto(`${site.url}?cluster=picture-${theme}&theme=${theme}&lang=en&storage=memory`);
    await page.waitForFunction(() => globalThis.tabernetes !== undefined);
    await page.evaluate(() => globalThis.tabernetes.ready);
    await page.evaluate((text) => globalThis.tabernetes.apply(text), manifest("v1"));
    await page.evaluate(() => globalThis.tabernetes.clock.skip({ settled: true }));
    await page.evaluate(() => globalThis.tabernetes.traffic.start("image-service", 20));
    await page.evaluate(() => globalThis.tabernetes.clock.skip({ seconds: 4 }));
    await page.evaluate((text) => globalThis.tabernetes.apply(text), manifest("v2"));
    await page.evaluate(() => globalThis.tabernetes.clock.skip({ seconds: 8 }));
    await page.evaluate(() => globalThis.tabernetes.clock.pause());
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(pictures, `rollout-${theme}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  site.close();
}
