/**
 * Measures the built site and prints one JSON document: sizes, start in Chromium
 * with cold and warm caches, kubectl's commands, rolling updates with an instant kubelet at an
 * unlimited rate, memory, the rate up to which the clock keeps up, how smooth the page
 * is while 500 pods roll, and what is stored of large clusters and how soon they are
 * there again. Times in
 * milliseconds, sizes in bytes; of several runs the median, and all of them.
 *
 *   node bench/bench.mjs [--dist web/dist] [--site ./bin/site | --url http://…/] [--runs 3] [--only boot,kubectl,…]
 */
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureMemory, openPage, Profile } from "./browser.mjs";
import { DIAGRAM_NODES, DIAGRAM_PODS, measureDiagram } from "./diagram.mjs";
import { asForPerson, measureCommands, measureFirstCommand, measureOpenedTerminal } from "./kubectl.mjs";
import { measurePace, PACE_NODES, PACE_PODS } from "./pace.mjs";
import { measureRollout, ROLLOUT_NODES } from "./rollout.mjs";
import { measureSizes } from "./sizes.mjs";
import { measureStorage, STORAGE_PODS } from "./storage.mjs";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: {
    dist: { type: "string", default: path.join(web, "dist") },
    site: { type: "string" },
    url: { type: "string" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const runs = Number(options.runs);
/** Time for Chromium to optimise the module and to write what it has compiled to its cache. */
const SETTLE_MILLISECONDS = 15_000;
const REPLICAS = [3, 10, 100, 300];

const log = (line) => process.stderr.write(`bench: ${line}\n`);

/** Starts the site and returns its address. */
async function serve() {
  if (options.url !== undefined) {
    return { url: options.url, close() {} };
  }
  if (options.site === undefined) {
    const { serveStatic } = await import("../test/static.mjs");
    return serveStatic();
  }
  const child = spawn(options.site, ["--dir", options.dist, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) {
        resolve(found[0].replace(/\/?$/, "/"));
      }
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${options.site} ended with code ${code}`)));
  });
  return { url, close: () => child.kill() };
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), runs: values.map(Math.round) };
}

/** Start with a new profile, and again with what that left in its caches. */
async function measureBoot(url) {
  const cold = [];
  const warm = [];
  for (let run = 0; run < runs; run++) {
    const profile = new Profile();
    try {
      for (const [name, times] of Object.entries({ cold, warm })) {
        const context = await profile.open();
        const { page, ready } = await openPage(context, `${url}?storage=memory&cluster=bench`);
        times.push(ready);
        log(`${name} start: ${Math.round(ready.navigation)} ms`);
        if (name === "cold") {
          await page.waitForTimeout(SETTLE_MILLISECONDS);
        }
        await context.close();
      }
    } finally {
      profile.remove();
    }
  }
  const describe = (times) => ({
    fromNavigation: summary(times.map(({ navigation }) => navigation)),
    inWorker: summary(times.map(({ worker }) => worker)),
  });
  return { cold: describe(cold), warm: describe(warm) };
}

/**
 * The first command of a page the moment it is ready, with a new profile, and with
 * what a visit left in its caches in which the commands were used; those after it; and
 * the first of a terminal that is opened on a page at rest. Chromium stores the machine code
 * of what has run: after a visit of one command it has that of one command.
 */
async function measureKubectl(url) {
  const first = { cold: [], warm: [] };
  const opened = [];
  const commands = new Map();
  for (let run = 0; run < runs; run++) {
    const profile = new Profile();
    try {
      for (const [name, times] of Object.entries(first)) {
        const context = await profile.open();
        const { page } = await openPage(context, `${url}?storage=memory&cluster=bench`);
        times.push(await measureFirstCommand(page));
        log(`${name} first command: ${Math.round(times.at(-1))} ms`);
        const measured = await measureCommands(page);
        if (name === "cold") {
          await page.waitForTimeout(SETTLE_MILLISECONDS);
        } else {
          for (const [command, taken] of Object.entries(measured)) {
            log(`kubectl ${command}: ${summary(taken).median} ms`);
            commands.set(command, [...(commands.get(command) ?? []), ...taken]);
          }
        }
        await context.close();
      }
      const context = await profile.open();
      await context.addInitScript(asForPerson);
      const { page } = await openPage(context, `${url}?storage=memory&cluster=bench`);
      opened.push(await measureOpenedTerminal(page));
      log(`first command of an opened terminal: ${Math.round(opened.at(-1))} ms`);
      await context.close();
    } finally {
      profile.remove();
    }
  }
  return {
    firstCommand: { cold: summary(first.cold), warm: summary(first.warm), openedTerminal: summary(opened) },
    laterCommands: Object.fromEntries([...commands].map(([name, times]) => [name, summary(times).median])),
  };
}

async function measureRollouts(url) {
  const times = new Map(REPLICAS.map((replicas) => [replicas, []]));
  const memory = [];
  let browserVersion;
  for (let run = 0; run < runs; run++) {
    const profile = new Profile();
    try {
      const context = await profile.open();
      browserVersion = context.browser()?.version();
      const query = `?storage=memory&cluster=bench&kubelet=instant&rate=unlimited&nodes=${ROLLOUT_NODES}`;
      const { page } = await openPage(context, url + query);
      const idle = await measureMemory(context, page);
      for (const replicas of REPLICAS) {
        const time = await measureRollout(page, replicas);
        log(
          `${replicas} pods: created in ${Math.round(time.create)} ms, updated in ${Math.round(time.rollout)} ms`,
        );
        times.get(replicas).push(time);
      }
      memory.push({ idle, after: await measureMemory(context, page) });
      await context.close();
    } finally {
      profile.remove();
    }
  }
  const median = (pick) => {
    const fields = Object.keys(memory[0]?.idle ?? {});
    return Object.fromEntries(
      fields.map((field) => [field, summary(memory.map((one) => pick(one)[field] ?? 0)).median]),
    );
  };
  return {
    browser: browserVersion,
    create: Object.fromEntries([...times].map(([n, list]) => [n, summary(list.map(({ create }) => create))])),
    rollout: Object.fromEntries(
      [...times].map(([n, list]) => [n, summary(list.map(({ rollout }) => rollout))]),
    ),
    memory: { afterStart: median(({ idle }) => idle), afterRollouts: median(({ after }) => after) },
  };
}

/** The rates up to which the clock keeps up, with kubelets that take their time. */
async function measurePaces(url) {
  const steady = [];
  const rollout = [];
  for (let run = 0; run < runs; run++) {
    const profile = new Profile();
    try {
      const context = await profile.open();
      const { page } = await openPage(context, `${url}?storage=memory&cluster=bench&nodes=${PACE_NODES}`);
      const pace = await measurePace(page, PACE_PODS);
      log(
        `${PACE_PODS} pods on ${PACE_NODES} nodes: the clock keeps up to ${pace.steady.toFixed(1)}×, ` +
          `during a rolling update to ${pace.rollout.toFixed(1)}×`,
      );
      steady.push(pace.steady);
      rollout.push(pace.rollout);
      await context.close();
    } finally {
      profile.remove();
    }
  }
  const describe = (values) => {
    const { median, runs: all } = summary(values.map((value) => value * 10));
    return { median: median / 10, runs: all.map((value) => value / 10) };
  };
  return { pods: PACE_PODS, nodes: PACE_NODES, steady: describe(steady), rollout: describe(rollout) };
}

/** How smooth the page is while the diagram shows a large rolling update. */
async function measureDiagrams(url) {
  const measured = [];
  for (let run = 0; run < runs; run++) {
    const profile = new Profile();
    try {
      const context = await profile.open();
      const { page } = await openPage(context, `${url}?storage=memory&cluster=bench&nodes=${DIAGRAM_NODES}`);
      measured.push(await measureDiagram(page));
      const { framesPerSecond, longTasks, inputDelay } = measured.at(-1);
      log(
        `${DIAGRAM_PODS} pods rolling: ${framesPerSecond} frames a second, ${longTasks.count} long tasks, ` +
          `input answered in ${inputDelay.median} ms, at most ${inputDelay.longest} ms`,
      );
      await context.close();
    } finally {
      profile.remove();
    }
  }
  return { pods: DIAGRAM_PODS, nodes: DIAGRAM_NODES, runs: measured };
}

/** Stored clusters of several sizes, each once: what is written does not vary. */
async function measureStored(url) {
  const stored = {};
  for (const pods of STORAGE_PODS) {
    const profile = new Profile();
    try {
      stored[pods] = await measureStorage(profile, url, pods);
      const { restore, writeAmplification, storedBytes } = stored[pods];
      log(
        `${pods} pods stored: ${(storedBytes / 1e6).toFixed(1)} MB, ${writeAmplification} bytes written a byte changed, ` +
          `there again after ${restore} ms`,
      );
    } finally {
      profile.remove();
    }
  }
  return stored;
}

/** What is measured, in this order, by the name that `--only` takes. */
const PARTS = {
  sizes: () => measureSizes(options.dist, path.join(web, "../.cache/bench-sizes.json"), log),
  boot: measureBoot,
  kubectl: measureKubectl,
  rollouts: measureRollouts,
  pace: measurePaces,
  diagram: measureDiagrams,
  storage: measureStored,
};

const wanted = options.only === "" ? Object.keys(PARTS) : options.only.split(",");
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  log(`no part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
const site = await serve();
try {
  const results = {};
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.includes(name)) {
      results[name] = await measure(site.url);
    }
  }
  const machine = { processors: cpus().length, model: cpus()[0]?.model };
  process.stdout.write(`${JSON.stringify({ machine, runs, ...results }, null, 2)}\n`);
} finally {
  site.close();
}
