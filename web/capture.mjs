/**
 * Captures the images of a module (src/worker/module/image.ts) in Node:
 *
 *   node capture.mjs --dist .cache/whole controlplane
 *
 * writes controlplane.built.image and controlplane.ready.image beside the module, which
 * must not be one that lacks functions: what of those stood on the stack of a goroutine
 * would not be there when the image is restored. wasm/split makes images for one that
 * does of these. It fails when the program holds something that an image cannot have.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: flags, positionals } = parseArgs({
  options: { dist: { type: "string", default: path.join(here, "dist") } },
  allowPositionals: true,
});
const dist = path.resolve(flags.dist);

/** Of each module the worker script that captures it, the points, and what it boots with beside its files. */
const PROGRAMS = {
  controlplane: {
    script: "src/worker/capture.ts",
    // klog writes the local time before each line, which nobody is shown.
    inUTC: true,
    points: ["built", "ready"],
    boot: {
      archive: null,
      takeOver: false,
      options: {
        cluster: "image",
        seed: 1,
        startTime: null,
        rate: 1,
        paused: false,
        storage: "memory",
        instantKubelet: false,
        nodes: 3,
        machines: "",
      },
    },
  },
  kubectl: { script: "src/worker/kubectl/capture.ts", points: ["built"], boot: { seed: 1, files: [] } },
};
const [name] = positionals;
const program = PROGRAMS[name];

/** A start takes some 5 s. */
const LIMIT_MILLISECONDS = 300_000;

/**
 * What of a browser's worker a program uses or, as go-indexeddb does, looks up
 * when it is initialised. Node's own process would be found by wasm_exec.js.
 */
const WORKER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { createReadStream, readFileSync } = require("node:fs");
  const { Readable } = require("node:stream");
  const vm = require("node:vm");
  const run = (file) => vm.runInThisContext(readFileSync(file, "utf8"), { filename: String(file) });
  globalThis.process = undefined;
  Date.prototype.getTimezoneOffset = () => {
    if (!workerData.inUTC) {
      throw new Error("the program asks for the time zone, which is that of the build");
    }
    return 0;
  };
  globalThis.importScripts = (url) => run(new URL(url));
  globalThis.fetch = async (url) =>
    new Response(Readable.toWeb(createReadStream(new URL(url))), { headers: { "content-type": "application/wasm" } });
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  globalThis.indexedDB = {};
  for (const name of ["Database", "Request", "OpenDBRequest", "Index", "ObjectStore", "KeyRange", "Cursor", "Factory"]) {
    globalThis["IDB" + name] = class {};
  }
  globalThis.IDBTransaction = class { commit() {} };
  parentPort.on("message", (data) => globalThis.onmessage({ data }));
  run(workerData.script);
`;

const script = path.join(here, `node_modules/.cache/capture/${name}.js`);
await mkdir(path.dirname(script), { recursive: true });
await esbuild.build({
  absWorkingDir: here,
  entryPoints: [program.script],
  outfile: script,
  bundle: true,
  format: "iife",
  target: "node20",
  logLevel: "warning",
});

const file = (name) => ({ url: pathToFileURL(path.join(dist, name)).href });
const worker = new Worker(WORKER, { eval: true, workerData: { script, inUTC: program.inUTC ?? false } });
const images = new Map();
await new Promise((resolve, reject) => {
  const limit = setTimeout(() => reject(new Error("its points are not reached")), LIMIT_MILLISECONDS);
  worker.on("error", reject);
  worker.on("message", (message) => {
    if (message.type === "failed") {
      reject(new Error(message.message));
      return;
    }
    images.set(message.point, message.image);
    if (program.points.every((point) => images.has(point))) {
      clearTimeout(limit);
      resolve();
    }
  });
  worker.postMessage({
    type: "boot",
    wasm: {
      ...file(`${name}.wasm`),
      data: file(`${name}.data.wasm`),
      deferred: file(`${name}.deferred.wasm`),
      cached: true,
    },
    wasmExec: file("wasm_exec.js").url,
    ...program.boot,
  });
}).finally(() => worker.terminate());

for (const [point, image] of images) {
  const target = path.join(dist, `${name}.${point}.image`);
  await writeFile(`${target}.part`, image);
  await rename(`${target}.part`, target);
}
