/**
 * Measures the built site by turns with webernetes, a simulator of Kubernetes written
 * for the browser, and prints one JSON document: the start, and the creation and rolling
 * update of Deployments, each on a new page. Milliseconds.
 *
 *   node bench/peer/bench.mjs [--dist web/dist] [--site bin/site] [--runs 5] [--pods 3,10,100,300]
 */
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { lines } from "../figures.mjs";
import { machine } from "../machine.mjs";
import { rollOut } from "../measures/rollouts.mjs";
import { withPage, withProfile } from "../page.mjs";
import { serve } from "../site.mjs";
import { byTurns } from "../turns.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const web = path.join(here, "../..");
const { values: options } = parseArgs({
  options: {
    dist: { type: "string", default: path.join(web, "dist") },
    site: { type: "string", default: path.join(web, "../bin/site") },
    runs: { type: "string", default: "5" },
    pods: { type: "string", default: "3,10,100,300" },
  },
});
/** As many as the surge of the largest update needs. */
const NODES = 10;

const log = (line) => process.stderr.write(`bench: ${line}\n`);

/** Serves the peer's page. */
async function servePeer() {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, "page.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
  const files = {
    "/": ["text/html", '<!doctype html><title>peer</title><script type="module" src="page.js"></script>'],
    "/page.js": ["text/javascript", outputFiles[0].contents],
  };
  const server = createServer(({ url }, response) => {
    const [type, content] = files[url] ?? [];
    response.writeHead(type === undefined ? 404 : 200, { "Content-Type": type ?? "text/plain" }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Each subject's way to the same figures: a new page, on which a Deployment of so many pods is rolled out. */
const SUBJECTS = {
  this: (build, replicas) =>
    withPage(
      build,
      { kubelet: "instant", rate: "unlimited", nodes: String(NODES) },
      async (page, { navigation }) => ({ navigation, ...(await page.evaluate(rollOut, replicas)) }),
    ),
  peer: ({ browser, url }, replicas) =>
    withProfile(browser, async (profile) => {
      const page = await profile.open();
      await page.goto(url);
      const { navigation } = await page.evaluate(
        async (options) => {
          while (globalThis.peer === undefined) {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          return globalThis.peer.start(options);
        },
        { nodes: NODES },
      );
      const times = await page.evaluate((options) => globalThis.peer.rollOut(options), { replicas });
      await page.close();
      return { navigation, ...times };
    }),
};

const measure = {
  async run(subject) {
    const result = { create: {}, update: {} };
    for (const replicas of options.pods.split(",").map(Number)) {
      const { navigation, create, update } = await SUBJECTS[subject.name](subject, replicas);
      result.navigation ??= navigation;
      result.create[replicas] = create;
      result.update[replicas] = update;
    }
    return result;
  },
};

const subjects = [
  { name: "this", browser: "chromium", dist: options.dist, ...(await serve(options.dist, options.site)) },
  { name: "peer", browser: "chromium", ...(await servePeer()) },
];
const about = {
  machine: machine(),
  peer: "@ngrok/webernetes 0.3.5",
  nodes: NODES,
  runs: Number(options.runs),
};
try {
  const results = await byTurns(measure, subjects, about.runs, log);
  for (const line of lines(results)) {
    log(line);
  }
  process.stdout.write(`${JSON.stringify({ ...about, ...results }, null, 2)}\n`);
  if (results.failures !== undefined) {
    process.exitCode = 1;
  }
} finally {
  for (const subject of subjects) {
    subject.close();
  }
}
