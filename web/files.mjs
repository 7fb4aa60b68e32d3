/**
 * Finishes a built site: names the build after the content of its files, has the pages ask
 * for their scripts and styles by that name, and writes files.json, the list of what a
 * browser keeps for use without a network (src/offline).
 *
 *   node files.mjs DIRECTORY
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { filesIn, SPARE, withoutForms } from "./folder.mjs";

const LIST = "files.json";
/** Modules and images: their addresses name their content. */
const LARGE = /\.(wasm|image)(\.gz)?$/;
/**
 * Files that no visitor asks for once the rest is kept: the list, the service worker, which
 * a browser keeps itself, and what hosts read.
 */
const UNKEPT = [/^files\.json$/, /^sw\.js$/, /^_headers$/, /^downloads\//, /(^|\/)\./, SPARE];
const VERSION_DIGITS = 16;

const sha256 = (content) => createHash("sha256").update(content).digest("hex");
const unpack = promisify(gunzip);

/** Finishes the site in a folder; doing so again changes nothing. */
export async function finishSite(folder) {
  const names = await filesOf(folder);
  const files = [];
  const pages = new Map();
  for (const name of names) {
    const content = await readFile(path.join(folder, name));
    // The texts of lessons are no pages.
    if (name.endsWith(".html") && content.includes("<html")) {
      pages.set(name, unfinished(content.toString("utf8")));
    } else {
      files.push(await describe(name, content));
    }
  }
  const build = nameOf(files, pages);
  for (const [name, page] of pages) {
    const text = finished(page, build, (address) =>
      names.includes(path.posix.join(path.posix.dirname(name), address)),
    );
    await writeFile(path.join(folder, name), text);
    files.push({ path: name, bytes: Buffer.byteLength(text) });
  }
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  await writeFile(path.join(folder, LIST), `${JSON.stringify({ build, files })}\n`);
}

/** As src/protocol/build.ts has it. */
async function describe(name, content) {
  const unpacked = LARGE.test(name) && name.endsWith(".gz") ? await unpack(content) : content;
  return {
    path: name,
    bytes: unpacked.length,
    sha256: sha256(unpacked),
    ...(LARGE.test(name) ? { version: sha256(content).slice(0, VERSION_DIGITS) } : {}),
  };
}

function nameOf(files, pages) {
  const hash = createHash("sha256");
  for (const { path: name, sha256: digest } of files) {
    hash.update(`${name} ${digest}\n`);
  }
  for (const [name, page] of pages) {
    hash.update(`${name} ${sha256(page)}\n`);
  }
  return hash.digest("hex").slice(0, VERSION_DIGITS);
}

const unfinished = (page) => page.replace(/ data-build="[^"]*"/, "").replace(/\?build=[0-9a-f]+"/g, '"');

/** The page with the build's name, and with it in the addresses of its scripts and styles. */
function finished(page, build, isOfSite) {
  return page
    .replace("<html", `<html data-build="${build}"`)
    .replace(/(src|href)="([^"?:]+\.(?:js|css))"/g, (all, attribute, name) =>
      isOfSite(name) && !name.includes("parts/") ? `${attribute}="${name}?build=${build}"` : all,
    );
}

/** What is kept of a site, in the order of the names. */
async function filesOf(folder) {
  const names = withoutForms(await filesIn(folder));
  return names.filter((name) => !UNKEPT.some((pattern) => pattern.test(name)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    throw new Error("usage: node files.mjs DIRECTORY");
  }
  await finishSite(folder);
}
