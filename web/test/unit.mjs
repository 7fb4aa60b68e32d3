/**
 * Runs the unit tests, src/**\/*.test.ts, bench/*.test.mjs and those of the build and of
 * the plugins of integrations, with node:test. Node 20 reads no TypeScript, so esbuild
 * bundles each such file first, into node_modules/.cache.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(web, "node_modules/.cache/unit");
const entryPoints = readdirSync(path.join(web, "src"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => path.join("src", name));

rmSync(out, { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: web,
  entryPoints,
  outdir: out,
  outbase: "src",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  loader: { ".yaml": "text" },
});

const files = [
  ...entryPoints.map((name) => path.join(out, path.relative("src", name).replace(/\.ts$/, ".mjs"))),
  ...readdirSync(path.join(web, "bench"))
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => path.join(web, "bench", name)),
  path.join(web, "integrations/test/plugins.test.mjs"),
  path.join(web, "oembed.test.mjs"),
  path.join(web, "offers.test.mjs"),
  path.join(web, "manifest.test.mjs"),
  path.join(web, "files.test.mjs"),
];
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
process.exit(run.status ?? 1);
