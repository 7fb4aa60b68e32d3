/**
 * Makes of a built site a folder that any host serves as it is: large files are packed
 * with gzip and nothing else, none is larger than hosts accept, and the page says that
 * they are packed, so that it works whatever type or encoding a host declares. Hosts
 * that read such files are told in _headers what to declare, which saves a browser from
 * unpacking and compiling again.
 *
 *   node pack.mjs --dist dist --out DIRECTORY [--address ADDRESS]
 *
 * With the address under which the site will be found, programs that preview links to it
 * are told what to show (oembed.mjs).
 */

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { gzip } from "node:zlib";
import { finishSite } from "./files.mjs";
import { FORMS, filesIn } from "./folder.mjs";
import { oembedFiles, oembedLink } from "./oembed.mjs";

/** Cloudflare Pages refuses larger files; GitHub takes up to 100 MB. */
const MOST_BYTES = 25 * 2 ** 20;
/** Files that the page looks for packed. */
const LARGE = [".wasm", ".image"];

const { values } = parseArgs({
  options: { dist: { type: "string" }, out: { type: "string" }, address: { type: "string" } },
});
const dist = values.dist ?? "dist";
const out = values.out ?? "packed";
// A folder, whether or not it was written with a slash behind it.
const address = values.address ? new URL(`${values.address.replace(/\/$/, "")}/`).href : undefined;

const pack = promisify(gzip);
const digests = new Map();

await rm(out, { recursive: true, force: true });
await Promise.all((await filesOf(dist)).map(copyOrPack));
for (const name of (await filesOf(dist)).filter((file) => file.endsWith(".html"))) {
  await writeFile(path.join(out, name), withPackedFiles(await readFile(path.join(dist, name), "utf8")));
}
if (address !== undefined) {
  await writeOembed();
}
await finishSite(out);
await writeFile(path.join(out, "_headers"), headers());
// GitHub Pages would leave out files whose names begin with an underscore.
await writeFile(path.join(out, ".nojekyll"), "");
await verifySizes();

async function copyOrPack(name) {
  const target = path.join(out, name);
  await mkdir(path.dirname(target), { recursive: true });
  if (LARGE.includes(path.extname(name))) {
    const packed = await pack(await readFile(path.join(dist, name)), { level: 9 });
    digests.set(name, createHash("sha256").update(packed).digest("hex").slice(0, 16));
    await writeFile(`${target}.gz`, packed);
  } else if (!name.endsWith(".html")) {
    await copyFile(path.join(dist, name), target);
  }
}

async function filesOf(directory) {
  const names = await filesIn(directory);
  return names.filter((name) => !FORMS.includes(path.extname(name)) && !path.basename(name).startsWith("."));
}

/** The page with the digests of the packed files in place of those of the files. */
function withPackedFiles(page) {
  let text = page;
  for (const [name, digest] of digests) {
    const attribute = `data-${name.replace(/\.wasm$/, "").replaceAll(".", "-")}`;
    text = text.replace(new RegExp(`${attribute}="[0-9a-f]*"`), `${attribute}="${digest}"`);
  }
  return text.includes("data-controlplane=") ? text.replace("<html", "<html data-packed") : text;
}

async function writeOembed() {
  const page = path.join(out, "index.html");
  const text = await readFile(page, "utf8");
  await writeFile(page, text.replace("</head>", `  ${oembedLink(address)}\n  </head>`));
  const title = /<title>([^<]*)<\/title>/.exec(text)?.[1] ?? "Tabernetes";
  const lessons = JSON.parse(await readFile(path.join(dist, "lessons/index.json"), "utf8"));
  for (const [name, answer] of oembedFiles(address, title, lessons)) {
    await writeFile(path.join(out, name), `${JSON.stringify(answer, null, 2)}\n`);
  }
}

/** What Netlify and Cloudflare Pages read, each line a header of the paths above it. */
function headers() {
  const page =
    "/*\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer\n  Access-Control-Allow-Origin: *\n";
  const modules = [...digests.keys()]
    .sort()
    .map(
      (name) =>
        `/${name}.gz\n  Content-Encoding: gzip\n  Content-Type: ${name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream"}\n`,
    );
  return page + modules.join("");
}

async function verifySizes() {
  for (const name of await filesIn(out)) {
    const { size } = await stat(path.join(out, name));
    if (size > MOST_BYTES) {
      throw new Error(`${name} has ${size} bytes, more than the ${MOST_BYTES} that some hosts accept`);
    }
  }
}
