/** A playground in Firefox and in WebKit: in a frame of another site that is sandboxed with allow-scripts alone. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newProfile } from "./drivers/drivers.mjs";
import { ROLLED_OUT, ROLLOUT, rollOut } from "./embedding.mjs";
import { BOOT_TIMEOUT } from "./harness.mjs";
import { servePages } from "./hostpages.mjs";
import { serveStatic } from "./static.mjs";

/** Milliseconds that a page has to close itself. */
const END_TIMEOUT = 5000;

let site;
let host;

before(async () => {
  site = process.env.SITE === undefined ? await serveStatic() : { url: process.env.SITE, close() {} };
  host = await servePages(site.url);
});
after(() => {
  host?.close();
  site?.close();
});

/** In the host's page: the element is there, and what its frame reports from now on. */
async function watch(id) {
  while (document.getElementById(id)?.api === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  globalThis.faults = [];
  document
    .getElementById(id)
    .addEventListener("error", ({ detail }) => globalThis.faults.push(detail.message));
  addEventListener("securitypolicyviolation", ({ blockedURI }) => globalThis.faults.push(blockedURI));
}

for (const browser of ["firefox", "webkit"]) {
  const profile = newProfile(browser);
  let page;
  after(async () => {
    // A page that does not answer ends with its browser.
    await Promise.race([page?.close(), sleep(END_TIMEOUT)]);
    await profile.remove();
  });

  test(`${browser}: a sandboxed frame rolls out in memory, on a page whose policy lets nothing else load`, {
    timeout: BOOT_TIMEOUT,
  }, async () => {
    page = await profile.open();
    await page.goto(
      host.page(
        '<tabernetes-playground id="a" sandbox="allow-scripts" start="auto" panes="diagram"></tabernetes-playground>',
        { strict: true },
      ),
    );
    await page.evaluate(watch, "a");
    assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
    assert.deepEqual(await page.evaluate(() => globalThis.faults), []);
  });
}
