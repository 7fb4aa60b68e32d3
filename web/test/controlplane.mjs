/**
 * Runs test/controlplane/*.test.ts: the worker script and dist/controlplane.wasm
 * as they are, in a worker thread of Node instead of one of a browser.
 *
 *   node test/controlplane.mjs [name of a test file]...
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(web, "node_modules/.cache/controlplane");

for (const file of ["controlplane.wasm", "wasm_exec.js"]) {
  if (!existsSync(path.join(web, "dist", file))) {
    process.stderr.write(`web/dist/${file} is missing: run make build\n`);
    process.exit(1);
  }
}

const wanted = process.argv.slice(2);
const tests = readdirSync(path.join(web, "test/controlplane"))
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

rmSync(out, { recursive: true, force: true });
const shared = { absWorkingDir: web, outdir: out, bundle: true, target: "node20", sourcemap: "inline" };
await esbuild.build({
  ...shared,
  entryPoints: tests.map((name) => path.join("test/controlplane", name)),
  outExtension: { ".js": ".mjs" },
  platform: "node",
  format: "esm",
  define: { DIST: JSON.stringify(path.join(web, "dist")), CACHE: JSON.stringify(out) },
});
await esbuild.build({ ...shared, entryPoints: { worker: "src/worker/main.ts" }, format: "iife" });

const files = tests.map((name) => path.join(out, name.replace(/\.ts$/, ".mjs")));
// Node compiles all of a module with both of V8's compilers before it runs; these
// tests call a small part of it, for seconds: the start takes half the time so.
const compile = ["--wasm-lazy-compilation", "--liftoff-only"];
const run = spawnSync(
  process.execPath,
  [...compile, "--enable-source-maps", "--test", "--test-concurrency=1", "--test-reporter=spec", ...files],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
