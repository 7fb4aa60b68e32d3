/** The folder that "make dist" leaves, on hosts that treat packed files each in its own way. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { apply, BOOT_TIMEOUT, manifest, openPage, settle, untilReady } from "./harness.mjs";
import { serveStatic } from "./static.mjs";

const FOLDER = fileURLToPath(new URL("../../.cache/static/", import.meta.url));

/** How a host sends a file that is packed: its headers, and what it does to the bytes. */
const HOSTS = {
  "as it is, of a type of its own": { type: "application/gzip" },
  "as it is, and calls it text": { type: "text/plain" },
  "as it is, and calls it WebAssembly": { type: "application/wasm" },
  "as what it is, as _headers asks": { type: "application/wasm", encoding: "gzip" },
  "packed a second time": { type: "application/wasm", encoding: "gzip", change: gzipSync },
  "unpacked, under the name of the packed file": { type: "application/octet-stream", change: gunzipSync },
};

/** Answers requests for packed files as such a host does. It knows no ranges. */
function answerAs({ type, encoding, change = (bytes) => bytes }) {
  return (pathname, _, response) => {
    if (!pathname.endsWith(".gz")) {
      return false;
    }
    response.writeHead(200, {
      "Content-Type": type,
      ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
    });
    response.end(change(readFileSync(FOLDER + pathname)));
    return true;
  };
}

test("the packed folder is kept from a host that packs files a second time, and runs without it", async () => {
  const state = { isOff: false };
  const again = answerAs(HOSTS["packed a second time"]);
  const site = await serveStatic({
    folder: FOLDER,
    answer(pathname, request, response) {
      if (state.isOff) {
        request.socket.destroy();
        return true;
      }
      return again(pathname, request, response);
    },
  });
  const page = await openPage({}, { url: site.url });
  try {
    await page.getByRole("button", { name: "Keep for use without a network" }).click();
    await page.getByText("Ready to use without a network").waitFor({ timeout: BOOT_TIMEOUT });
    state.isOff = true;
    await page.reload();
    await untilReady(page);
    await apply(page, manifest({ replicas: 3 }));
    await settle(page);
    const { stdout } = await page.evaluate(() => window.tabernetes.kubectl(["get", "pods"]));
    assert.equal(stdout.match(/ Running /g)?.length, 3, stdout);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.close();
    site.close();
  }
});

for (const [name, host] of Object.entries(HOSTS)) {
  test(`the seed rolls out and kubectl answers from a host that sends packed files ${name}`, async () => {
    const site = await serveStatic({ folder: FOLDER, answer: answerAs(host) });
    const page = await openPage({}, { url: site.url });
    try {
      await page.evaluate((yaml) => window.tabernetes.apply(yaml), manifest({ replicas: 3 }));
      await page.evaluate(() => window.tabernetes.clock.skip({ settled: true }));
      const { stdout, code } = await page.evaluate(() => window.tabernetes.kubectl(["get", "pods"]));
      assert.equal(code, 0);
      assert.equal(stdout.match(/ Running /g)?.length, 3, stdout);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.close();
      site.close();
    }
  });
}
