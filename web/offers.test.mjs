import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("offers.mjs", import.meta.url));
const page = (...names) =>
  names.map((name) => `<li><span data-file="${name}"><code>${name}</code></span> For you.</li>`).join("\n");

test("a file that there is has a link and its size, on all pages that name it; one that hosts refuse its size", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "offers-"));
  const site = path.join(folder, "site");
  for (const language of ["en", "zh"]) {
    mkdirSync(path.join(site, language), { recursive: true });
    writeFileSync(path.join(site, language, "a.html"), page("small.zip", "large.zip", "none.zip"));
  }
  writeFileSync(path.join(site, "index.html"), "<p>Nothing</p>");
  writeFileSync(path.join(folder, "small.zip"), "x".repeat(1_200_000));
  writeFileSync(path.join(folder, "large.zip"), "x".repeat(3_000_000));
  writeFileSync(path.join(folder, "other.zip"), "x");
  const run = (...more) =>
    spawnSync(process.execPath, [PROGRAM, "--from", folder, "--site", site, "--most", "2000000", ...more], {
      encoding: "utf8",
    });
  try {
    const { status, stdout } = run();
    assert.equal(status, 0);
    assert.equal(stdout, "not offered: large.zip has 3 MB, more than hosts accept\n");
    for (const language of ["en", "zh"]) {
      const [small, large, none] = readFileSync(path.join(site, language, "a.html"), "utf8").split("\n");
      assert.equal(
        small,
        '<li><span data-file="small.zip"><a href="../downloads/small.zip" download>small.zip</a> (2 MB)</span> For you.</li>',
      );
      assert.equal(
        large,
        '<li><span data-file="large.zip"><code>large.zip</code> (3 MB)</span> For you.</li>',
      );
      assert.equal(none, page("none.zip"));
    }
    assert.ok(existsSync(path.join(site, "downloads/small.zip")));
    assert.ok(!existsSync(path.join(site, "downloads/large.zip")));
    assert.ok(!existsSync(path.join(site, "downloads/other.zip")));
    assert.equal(readFileSync(path.join(site, "index.html"), "utf8"), "<p>Nothing</p>");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
