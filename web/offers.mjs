/**
 * Offers the files that "make dist" has made on the pages of a site: copies those that
 * hosts accept to its folder downloads, and gives each its size, and those a link, where
 * a page of the guide names it (guide/blocks.go). The name of a file that was not made
 * stays as it is.
 *
 *   node offers.mjs --from DIRECTORY --site DIRECTORY [--most BYTES]
 *
 * A host that takes larger files is given them by another --most.
 */

import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { finishSite } from "./files.mjs";
import { filesIn } from "./folder.mjs";

/** Cloudflare Pages refuses larger files. */
const MOST_BYTES = 25 * 2 ** 20;
const FOLDER = "downloads";
const MEGABYTE = 1e6;

/**
 * A page with the size of each file that it names, and a link where hosts accept the file;
 * `files` are by name.
 */
function withOffers(page, files) {
  return page.replace(/<span data-file="([^"]+)">.*?<\/span>/g, (place, name) => {
    const file = files.get(name);
    if (file === undefined) {
      return place;
    }
    const shown = file.isOffered
      ? `<a href="../${FOLDER}/${name}" download>${name}</a>`
      : `<code>${name}</code>`;
    return `<span data-file="${name}">${shown} (${megabytes(file.bytes)} MB)</span>`;
  });
}

/** Rounded up: nobody is told less than they load. */
const megabytes = (bytes) => Math.ceil(bytes / MEGABYTE);

/** The pages of the guide in a site: those that name files, whatever their language. */
async function pagesOf(site) {
  const names = (await filesIn(site)).filter((name) => name.endsWith(".html"));
  const pages = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(path.join(site, name), "utf8") })),
  );
  return pages.filter(({ text }) => text.includes("data-file="));
}

async function offer({ from, site, most }) {
  const pages = await pagesOf(site);
  const wanted = new Set(
    pages.flatMap(({ text }) => [...text.matchAll(/data-file="([^"]+)"/g)].map(([, name]) => name)),
  );
  const files = new Map();
  await rm(path.join(site, FOLDER), { recursive: true, force: true });
  for (const name of (await readdir(from)).filter((file) => wanted.has(file)).sort()) {
    const { size } = await stat(path.join(from, name));
    const isOffered = size <= most;
    files.set(name, { bytes: size, isOffered });
    if (!isOffered) {
      process.stdout.write(`not offered: ${name} has ${megabytes(size)} MB, more than hosts accept\n`);
      continue;
    }
    await mkdir(path.join(site, FOLDER), { recursive: true });
    await copyFile(path.join(from, name), path.join(site, FOLDER, name));
  }
  for (const { name, text } of pages) {
    await writeFile(path.join(site, name), withOffers(text, files));
  }
  await finishSite(site);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { from: { type: "string" }, site: { type: "string" }, most: { type: "string" } },
  });
  await offer({ from: values.from, site: values.site, most: Number(values.most ?? MOST_BYTES) });
}
