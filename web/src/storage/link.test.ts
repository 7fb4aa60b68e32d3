import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkError, readLink, writeLink } from "./link.ts";

const FILE = new TextEncoder().encode(
  `{"format":"tabernetes.dev/cluster","text":"${"abc 中文 ".repeat(500)}"}`,
);

test("a link comes back as it was, in characters that an address takes", async () => {
  const hash = await writeLink(FILE);
  assert.match(hash, /^#cluster=1\.[A-Za-z0-9_-]+$/);
  assert.ok(hash.length < FILE.length / 10, "it is deflated");
  assert.deepEqual(await readLink(hash), FILE);
});

test("a hash about something else is no link", async () => {
  assert.equal(await readLink(""), null);
  assert.equal(await readLink("#diagram"), null);
});

test("a link that is cut off, altered, of another version or hostile is refused, each for its reason", async () => {
  const hash = await writeLink(FILE);
  const fault = async (text: string) => {
    try {
      await readLink(text);
      return "none";
    } catch (error) {
      assert.ok(error instanceof LinkError, String(error));
      return error.fault;
    }
  };
  assert.equal(await fault(hash.slice(0, -20)), "damaged");
  assert.equal(await fault(`${hash}%%`), "damaged");
  assert.equal(await fault("#cluster=1."), "damaged");
  assert.equal(await fault("#cluster=1"), "damaged");
  assert.equal(await fault(hash.replace("#cluster=1", "#cluster=2")), "version");
  assert.equal(await fault("#cluster="), "version");
  // 64 MiB of nothing in some kilobytes.
  assert.equal(await fault(await writeLink(new Uint8Array(64 << 20))), "large");
});
