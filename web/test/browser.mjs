/**
 * Runs the browser tests, *.test.mjs, one file after the other. A file in which a
 * test has failed runs once more: on a busy machine Chromium now and then draws or
 * answers later than any sensible limit. It is said which files needed that.
 *
 *   node test/browser.mjs [name…]
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));
const names = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => names.length === 0 || names.includes(name.replace(".test.mjs", "")))
  .sort();

const say = (line) => process.stdout.write(`${line}\n`);

/** Runs a file, and says how long it took. */
function passes(file) {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, ["--test", path.join(folder, file)], { stdio: "inherit" });
  const seconds = Math.round((performance.now() - begun) / 1000);
  say(`${file}: ${status === 0 ? "passed" : "failed"} in ${seconds} s`);
  return status === 0;
}

const results = { passed: [], again: [], failed: [] };
for (const file of files) {
  const outcome = passes(file) ? "passed" : passes(file) ? "again" : "failed";
  results[outcome].push(file);
}
say(`browser tests: ${results.passed.length} of ${files.length} files passed`);
if (results.again.length > 0) {
  say(`passed the second time: ${results.again.join(", ")}`);
}
if (results.failed.length > 0 || files.length === 0) {
  say(`failed: ${results.failed.join(", ") || "there is no such file"}`);
  process.exitCode = 1;
}
