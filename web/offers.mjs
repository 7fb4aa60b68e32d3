/**
 * Offers the files that "make dist" has made on the pages of a site: copies those that
 * hosts accept to its folder downloads, and gives each a link and its size where a page
 * of the guide names it (guide/blocks.go). A page that names a file that is not offered
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

/** A page with a link and the size for each of the files that it names; `sizes` are bytes by names. */
export function withOffers(page, sizes) {
  return page.replace(/<span data-file="([^"]+)">.*?<\/span>/g, (place, name) => {
    const bytes = sizes.get(name);
    return bytes === undefined
      ? place
      : `<span data-file="${name}"><a href="../${FOLDER}/${name}" download>${name}</a> (${megabytes(bytes)} MB)</span>`;
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
  const sizes = new Map();
  await rm(path.join(site, FOLDER), { recursive: true, force: true });
  for (const name of (await readdir(from)).filter((file) => wanted.has(file)).sort()) {
    const { size } = await stat(path.join(from, name));
    if (size > most) {
      process.stdout.write(`not offered: ${name} has ${megabytes(size)} MB, more than hosts accept\n`);
      continue;
    }
    await mkdir(path.join(site, FOLDER), { recursive: true });
    await copyFile(path.join(from, name), path.join(site, FOLDER, name));
    sizes.set(name, size);
  }
  for (const { name, text } of pages) {
    await writeFile(path.join(site, name), withOffers(text, sizes));
  }
  await finishSite(site);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { from: { type: "string" }, site: { type: "string" }, most: { type: "string" } },
  });
  await offer({ from: values.from, site: values.site, most: Number(values.most ?? MOST_BYTES) });
}
