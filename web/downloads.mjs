/**
 * Says how large each thing is that "make dist" gives away, and writes it for pages that
 * offer them: downloads.json, beside them and in the folder for static hosts.
 *
 *   node downloads.mjs --dir bin/dist
 *
 * The file is a list of {"name", "bytes", "sha256"}.
 */
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { dir: { type: "string" } } });
const directory = values.dir ?? "bin/dist";
const FILE = "downloads.json";

const sums = (await readFile(path.join(directory, "SHA256SUMS"), "utf8")).trim().split("\n");
const downloads = await Promise.all(
  sums.map(async (line) => {
    const [sha256 = "", name = ""] = line.split(/\s+\*?/);
    const { size } = await stat(path.join(directory, name));
    return { name, bytes: size, sha256 };
  }),
);
const text = `${JSON.stringify(downloads, null, 2)}\n`;
for (const place of [directory, path.join(directory, "site")]) {
  await writeFile(path.join(place, FILE), text);
}
for (const { name, bytes } of downloads) {
  process.stdout.write(`${name}: ${(bytes / 1e6).toFixed(1)} MB\n`);
}
