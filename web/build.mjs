/**
 * Builds the site into dist/: the page, the worker, the styles and the static
 * files. The wasm modules, wasm_exec.js and lessons/ are put there by the
 * Makefile, and this build leaves them alone.
 *
 *   node build.mjs [--watch] [--development]
 */

import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const development = process.argv.includes("--development");
const watch = process.argv.includes("--watch");

const shared = {
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  target: ["es2022"],
  minify: !development,
  sourcemap: development ? "inline" : false,
  legalComments: "none",
  logLevel: "warning",
  loader: { ".yaml": "text" },
};

// The page is a module; what runs before it and each worker are one classic script,
// because a blob worker of a page on file:// can be nothing else.
const builds = [
  { ...shared, entryPoints: { app: "src/app/main.ts" }, format: "esm" },
  { ...shared, entryPoints: { early: "src/app/early.ts" }, format: "iife" },
  { ...shared, entryPoints: { styles: "src/app/styles/styles.css" } },
];
if (existsSync(path.join(here, "src/worker/main.ts"))) {
  const workers = { worker: "src/worker/main.ts", kubectl: "src/worker/kubectl/main.ts" };
  builds.push({ ...shared, entryPoints: workers, format: "iife" });
}

await mkdir(dist, { recursive: true });
await cp(path.join(here, "public"), dist, { recursive: true });
await writeFile(path.join(dist, "index.html"), await readFile(path.join(here, "src/app/index.html")));

for (const options of builds) {
  if (watch) {
    await (await esbuild.context(options)).watch();
  } else {
    await esbuild.build(options);
  }
}
