import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Packed copies and what is not loaded by the page. */
const LEFT_OUT = /\.(br|gz|zst|map)$|^(LICENSE|NOTICE)$|^\./;

const CACHE = fileURLToPath(new URL("../../../.cache/bench-sizes.json", import.meta.url));

/** Sizes of the built files, packed as a server would. */
export const sizes = {
  what: "bytes of each file: raw, as the build has packed it, gzip -9, brotli -11",
  browsers: ["chromium", "firefox", "webkit"],
  once: true,
  run: ({ dist, log }) => measureSizes(dist, log),
};

/**
 * Bytes of each file below `dist`: raw, gzip -9, brotli -11 with the largest
 * window that browsers take (2^24). Brotli takes minutes for a wasm module, so
 * results are kept by content in a file.
 */
function measureSizes(dist, log) {
  const known = existsSync(CACHE) ? JSON.parse(readFileSync(CACHE, "utf8")) : {};
  const files = {};
  const page = { raw: 0, gzip: 0, brotli: 0 };
  for (const name of readdirSync(dist, { recursive: true }).map(String).sort()) {
    const file = path.join(dist, name);
    if (LEFT_OUT.test(path.basename(name)) || !statSync(file).isFile()) {
      continue;
    }
    const content = readFileSync(file);
    const digest = createHash("sha256").update(content).digest("hex");
    if (known[digest] === undefined) {
      log(`packing ${name}`);
      known[digest] = pack(content);
      mkdirSync(path.dirname(CACHE), { recursive: true });
      writeFileSync(CACHE, JSON.stringify(known));
    }
    files[name] = { ...known[digest], ...builtCopies(file) };
    if (!name.endsWith(".wasm")) {
      for (const form of Object.keys(page)) {
        page[form] += known[digest][form];
      }
    }
  }
  return { files, pageWithoutWasm: page };
}

/** What the build has packed, as the site sends it: none for a small file. */
function builtCopies(file) {
  const copies = {};
  for (const [form, ending] of Object.entries({ builtGzip: ".gz", builtZstd: ".zst" })) {
    if (existsSync(file + ending)) {
      copies[form] = statSync(file + ending).size;
    }
  }
  return copies;
}

function pack(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params }).length,
  };
}
