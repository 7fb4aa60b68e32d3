/**
 * Writes what the guide's pages tell of the page's code and of the plugins' examples
 * (guide/facts.go).
 *
 *   node guide.mjs FILE
 */

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { filesIn } from "./folder.mjs";
import { importSource } from "./source.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [out] = process.argv.slice(2);

const { facts } = await importSource("src/guide/facts.ts");

const folder = path.join(here, "integrations/examples");
const examples = {};
for (const name of await filesIn(folder)) {
  examples[name] = await readFile(path.join(folder, name), "utf8");
}

await writeFile(out, `${JSON.stringify({ ...facts, examples }, null, 2)}\n`);
