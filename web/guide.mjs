/**
 * Writes what the guide's pages tell of the page's code and of the plugins' examples
 * (guide/facts.go).
 *
 *   node guide.mjs FILE
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const [out] = process.argv.slice(2);

const { outputFiles } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/guide/facts.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const [bundle] = outputFiles;
const { facts } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.contents).toString("base64")}`
);

const folder = path.join(here, "integrations/examples");
const files = await readdir(folder, { recursive: true, withFileTypes: true });
const examples = {};
for (const file of files.filter((entry) => entry.isFile())) {
  const name = path.join(file.parentPath, file.name);
  examples[path.relative(folder, name).replaceAll(path.sep, "/")] = await readFile(name, "utf8");
}

await writeFile(out, `${JSON.stringify({ ...facts, examples }, null, 2)}\n`);
