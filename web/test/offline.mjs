/** What must work in every browser without a network, once the site was kept: a start, the walk-through's rollout, and kubectl. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serveDeployments } from "./deployments.mjs";
import { newProfile } from "./drivers/drivers.mjs";
import { BOOT_TIMEOUT, manifest } from "./harness.mjs";
import { origins, untilReady } from "./visit.mjs";

const REPLICAS = 3;
const LIMIT = { timeout: BOOT_TIMEOUT };

/** In the page: has it kept, and tells the sentences that the page said meanwhile. */
async function keep() {
  const said = new Set();
  const place = () => document.querySelector(".status-offline");
  while (place()?.querySelector("button:not([hidden])") == null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  place().querySelector("button").click();
  while (!/^(Ready|.*could not)/.test(place().innerText.trim())) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    said.add(place().innerText.trim());
  }
  return [...said];
}

/** In the page: rolls the walk-through's Deployment out and on to another image. */
async function rollOut([first, second]) {
  const { tabernetes } = window;
  for (const yaml of [first, second]) {
    await tabernetes.apply(yaml);
    await tabernetes.clock.skip({ settled: true });
  }
  const { stdout } = await tabernetes.kubectl([
    "get",
    "pods",
    "-o",
    "custom-columns=:.status.phase,:.spec.containers[0].image",
  ]);
  return stdout.trim().split(/\s*\n/);
}

/** Declares the tests of one browser. */
export function testOffline(browser) {
  let site;
  let profile;
  let page;

  before(async () => {
    site = await serveDeployments();
    profile = newProfile(browser);
    page = await profile.open();
  });
  after(async () => {
    await page?.close();
    await profile?.remove();
    site?.close();
  });

  test(`${browser}: the site is kept, and the page says how far it is`, LIMIT, async () => {
    await page.goto(`${site.url}?storage=memory&lang=en&rate=10`);
    await page.evaluate(untilReady);
    const said = await page.evaluate(keep);
    assert.equal(said.at(-1), "Ready to use without a network");
    assert.ok(
      said.some((text) => /: \d+ %$/.test(text)),
      said.join("\n"),
    );
  });

  test(
    `${browser}: without a network the page starts, the seed rolls out and kubectl answers`,
    LIMIT,
    async () => {
      site.isOff = true;
      await page.reload();
      await page.evaluate(untilReady);
      const pods = await page.evaluate(rollOut, [
        manifest({ replicas: REPLICAS }),
        manifest({ replicas: REPLICAS, tag: "v2" }),
      ]);
      assert.equal(pods.length, REPLICAS);
      for (const pod of pods) {
        assert.match(pod, /^Running .*nginx:v2$/);
      }
      assert.deepEqual(await page.evaluate(origins), [new URL(site.url).origin]);
    },
  );
}
