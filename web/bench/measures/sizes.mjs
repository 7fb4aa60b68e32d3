import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Packed copies, and what the page does not load. */
const LEFT_OUT = /\.(br|gz|zst|map)$|^(LICENSE|NOTICE)$|^\./;
/** What the build packs itself, some of it for minutes. */
const PACKED_BY_BUILD = /\.(wasm|image)$/;
const COPIES = { gzip: ".gz", zstd: ".zst", brotli: ".br" };

/** Sizes of the built files, and packed: modules and images as the build has them, the rest as a server would. */
export const sizes = {
  what: "bytes of each file: raw and packed; of modules and images what is built, of others gzip -9 and brotli -11",
  browsers: ["chromium", "firefox", "webkit"],
  once: true,
  async run({ dist }) {
    const files = {};
    const page = { raw: 0, gzip: 0, brotli: 0 };
    for (const name of readdirSync(dist, { recursive: true }).map(String).sort()) {
      const file = path.join(dist, name);
      if (LEFT_OUT.test(path.basename(name)) || !statSync(file).isFile()) {
        continue;
      }
      if (PACKED_BY_BUILD.test(name)) {
        files[name] = { raw: statSync(file).size, ...copies(file) };
        continue;
      }
      files[name] = pack(readFileSync(file));
      for (const form of Object.keys(page)) {
        page[form] += files[name][form];
      }
    }
    return { files, page };
  },
};

function copies(file) {
  const built = Object.entries(COPIES).filter(([, suffix]) => existsSync(file + suffix));
  return Object.fromEntries(built.map(([form, suffix]) => [form, statSync(file + suffix).size]));
}

/** Brotli packs with quality 11 unless it is asked for another. */
function pack(content) {
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content).length,
  };
}
