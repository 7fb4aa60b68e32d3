import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** What "make dist" leaves there, besides their checksums. */
const FOLDER = "../../bin/dist";
const ARCHIVE = /\.(zip|tar|html)$/;

/** Sizes of what is given away. Only "make dist" makes it, which takes minutes. */
export const artefacts = {
  what: 'bytes of what "make dist" has made: each file, and the folder for static hosts',
  browsers: ["chromium", "firefox", "webkit"],
  once: true,
  async run({ dist, log }) {
    const folder = path.join(dist, FOLDER);
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    if (names.length === 0) {
      log(`there is nothing in ${folder}: "make dist" makes it`);
    }
    const sizes = {};
    for (const name of names) {
      if (ARCHIVE.test(name)) {
        sizes[name] = statSync(path.join(folder, name)).size;
      } else if (name === "site") {
        sizes[name] = sizesBelow(path.join(folder, name));
      }
    }
    return sizes;
  },
};

/** Of all files without the downloads, which are counted by themselves, and of the largest. */
function sizesBelow(folder) {
  const sizes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath) !== "downloads")
    .map((entry) => statSync(path.join(entry.parentPath, entry.name)).size);
  return {
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    largest: Math.max(...sizes),
  };
}
