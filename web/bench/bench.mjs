/**
 * Measures a built site, and another build of it by turns, and prints one JSON document.
 * What is measured is in measures.mjs. Times in milliseconds, sizes in bytes; of several
 * runs the median, the range and all of them, and the ratio to the other build.
 *
 *   node bench/bench.mjs [--dist web/dist] [--base other/dist] [--site bin/site]
 *        [--browser chromium] [--runs 5] [--only boot,kubectl,…] [--hours 8]
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BROWSERS } from "../test/drivers/drivers.mjs";
import { lines } from "./figures.mjs";
import { machine } from "./machine.mjs";
import { MEASURES } from "./measures.mjs";
import { serve } from "./site.mjs";
import { byTurns } from "./turns.mjs";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    dist: { type: "string", default: path.join(web, "dist") },
    base: { type: "string" },
    site: { type: "string", default: path.join(web, "../bin/site") },
    browser: { type: "string", default: "chromium" },
    runs: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    hours: { type: "string", default: "8" },
  },
});
const log = (line) => process.stderr.write(`bench: ${line}\n`);

function refuse(message) {
  log(message);
  process.exit(2);
}

/** The names to measure: those asked for, or all that the browser can. */
function wanted() {
  const possible = Object.keys(MEASURES).filter((name) => MEASURES[name].browsers.includes(options.browser));
  if (options.only === "") {
    return possible;
  }
  const names = options.only.split(",");
  const unknown = names.filter((name) => !possible.includes(name));
  if (unknown.length > 0) {
    refuse(`${options.browser} has no measure ${unknown.join(", ")}; it has ${possible.join(", ")}`);
  }
  return possible.filter((name) => names.includes(name));
}

const [runs, hours] = [options.runs, options.hours].map(Number);
if (!BROWSERS.includes(options.browser)) {
  refuse(`no browser ${options.browser}; there are ${BROWSERS.join(", ")}`);
}
if (![runs, hours].every((number) => Number.isInteger(number) && number > 0)) {
  refuse("runs and hours are whole numbers from 1 on");
}
const names = wanted();
const folders = { this: options.dist, ...(options.base === undefined ? {} : { base: options.base }) };
const builds = [];
const results = {};
try {
  for (const [name, dist] of Object.entries(folders)) {
    builds.push({ name, dist, browser: options.browser, hours, ...(await serve(dist, options.site)) });
  }
  for (const name of names) {
    log(`${name}: ${MEASURES[name].what}`);
    results[name] = await byTurns(MEASURES[name], builds, runs, (line) => log(`${name}: ${line}`));
    if (results[name].failures !== undefined) {
      process.exitCode = 1;
    }
  }
} finally {
  for (const build of builds) {
    build.close();
  }
}
// One build's were told as they came.
for (const line of builds.length > 1 ? lines(results) : []) {
  log(line);
}
const about = { machine: machine(), browser: options.browser, runs, builds: folders };
process.stdout.write(`${JSON.stringify({ ...about, ...results }, null, 2)}\n`);
