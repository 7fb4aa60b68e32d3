/** kubectl goes on where its memory was captured, and starts the ordinary way where it cannot. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage } from "./harness.mjs";
import { serveStatic } from "./static.mjs";
import { kubectl, printed, run } from "./terminal.mjs";

const IMAGE = "/kubectl.built.image";
const image = readFileSync(fileURLToPath(new URL(`../dist${IMAGE}`, import.meta.url)));

/** In the page, before its own scripts: notes what kubectl's worker warns of. */
function noteWarnings() {
  const { Worker } = globalThis;
  globalThis.warnings = [];
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data?.type === "log" && String(options[0]).includes("kubectl")) {
          globalThis.warnings.push(data.message);
        }
      });
    }
  };
}

const warnings = (page) => page.evaluate(() => globalThis.warnings);

test("no date and no time zone of the build is seen, and what kubectl draws from the time is another at another time", async () => {
  const drawn = [];
  for (const year of [2030, 2031]) {
    const page = await openPage(
      { start: `${year}-02-03T23:30:00Z` },
      { before: noteWarnings, timezoneId: "Asia/Tokyo" },
    );
    const listed = await printed(page, "date +%Y-%m-%dT%H; touch new; ls -l /root /root/.kube");
    assert.match(listed, new RegExp(`^${year}-02-0[34]T`));
    assert.doesNotMatch(listed, /Dec|2026/);
    const { stdout } = await run(page, "kubectl debug node/node-1 --image=busybox:1.36 -- true");
    drawn.push(/node-debugger-node-1-(\w+)/.exec(stdout)?.[1]);
    assert.deepEqual(await warnings(page), []);
    await page.close();
  }
  assert.ok(drawn[0] !== undefined && drawn[1] !== undefined && drawn[0] !== drawn[1], drawn.join(" and "));
});

const altered = Buffer.from(image);
altered[image.length - 1000] ^= 1;
const foreign = Buffer.from(image);
foreign[16 + 20] ^= 1;

for (const [what, bytes, says] of [
  ["is missing", null, /HTTP status 404/],
  ["is cut off", image.subarray(0, image.length / 2), /cut off/],
  ["is altered", altered, /damaged/],
  ["is of another build", foreign, /another build/],
]) {
  test(`kubectl starts the ordinary way when its image ${what}`, async () => {
    const site = await serveStatic({
      answer(pathname, _request, response) {
        if (pathname !== IMAGE) {
          return false;
        }
        if (bytes === null) {
          response.writeHead(404).end();
        } else {
          response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(bytes);
        }
        return true;
      },
    });
    after(() => site.close());
    const page = await openPage({}, { url: site.url, before: noteWarnings });
    const { code, stdout } = await kubectl(page, ["get", "nodes"]);
    assert.equal(code, 0);
    assert.match(stdout, /node-1 +Ready/);
    const [warning, ...others] = await warnings(page);
    assert.match(warning, /^start without an image: /);
    assert.match(warning, says);
    assert.deepEqual(others, []);
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}
