/** A playground in a page of another site, in Chromium that is set to let no site store anything. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./drivers/chromium.mjs";
import { frameOf, ROLLED_OUT, ROLLOUT, rollOut, serveHosts } from "./embedding.mjs";
import { BOOT_TIMEOUT } from "./harness.mjs";

/** Chromium's setting "block" of a kind of content; see its components/content_settings. */
const BLOCK = 2;

const hosts = serveHosts();
let directory;
let context;

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "tabernetes-blocked-"));
  const settings = { profile: { default_content_setting_values: { cookies: BLOCK } } };
  mkdirSync(path.join(directory, "Default"));
  writeFileSync(path.join(directory, "Default/Preferences"), JSON.stringify(settings));
  context = await chromium.launchPersistentContext(directory, {
    executablePath: EXECUTABLE,
    args: ["--no-sandbox", "--js-flags=--liftoff-only"],
  });
});
after(async () => {
  await context?.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

test("where a frame may store nothing the seed rolls out in memory", { timeout: BOOT_TIMEOUT }, async () => {
  const page = await hosts.openHost(
    '<tabernetes-playground id="a" start="auto" panes="diagram,editor"></tabernetes-playground>',
    { strict: true, context },
  );
  const frame = await frameOf(page);
  const denied = await frame.evaluate(() => {
    try {
      return localStorage.length;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(denied, "SecurityError");
  assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
  assert.match(await frame.locator(".status-storage").innerText(), /memory/i);
  assert.deepEqual(page.faults, []);
});
