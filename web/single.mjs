/**
 * Makes of a built site one HTML file that runs from a disk: the page, its workers, the
 * modules with their images, and the lessons. It asks for nothing, and its policy allows
 * no request. The same site gives the same bytes.
 *
 *   node single.mjs --dist DIRECTORY --out FILE [--quick]
 *
 * Modules and images are packed with zstd, as well as its program can; --quick takes the
 * packed files that the site has already.
 */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { filesIn, SPARE, withoutForms } from "./folder.mjs";
import { importSource } from "./source.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
/** Bytes of a data block: what is in memory as text at a time. */
const BLOCK = 1 << 20;
/** Modules and images. */
const LARGE = /\.(wasm|image)$/;
/** The texts that the page reads. */
const TEXTS = ["licences.txt", "LICENSE", "NOTICE"];
/** What these modules do for a site, those do for one file. */
const REPLACED = {
  "src/loading/files.ts": "src/single/files.ts",
  "src/worker/module/files.ts": "src/single/workerfiles.ts",
};

const { values } = parseArgs({
  options: { dist: { type: "string" }, out: { type: "string" }, quick: { type: "boolean" } },
});
const dist = path.resolve(values.dist ?? path.join(here, "dist"));
const out = values.out ?? "tabernetes.html";

const run = promisify(execFile);

/** Puts modules into the place of others. */
const replaced = {
  name: "replaced",
  setup(build) {
    const files = new Map(
      Object.entries(REPLACED).map(([from, to]) => [path.join(here, from), path.join(here, to)]),
    );
    build.onResolve({ filter: /\/files\.ts$/ }, ({ path: name, resolveDir }) => {
      const file = files.get(path.resolve(resolveDir, name));
      return file === undefined ? undefined : { path: file };
    });
  },
};

/** A classic script: a page on file:// can load no module, and none of its workers can. */
async function script(source) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [source],
    bundle: true,
    format: "iife",
    target: ["es2022"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    loader: { ".yaml": "text" },
    write: false,
    plugins: [replaced],
  });
  return outputFiles[0].text.trim();
}

/** Packs as well as zstd can with a window that costs a worker 16 MiB. */
async function pack(name) {
  const file = path.join(dist, name);
  if (values.quick) {
    return await readFile(`${file}.zst`);
  }
  const { stdout } = await run(
    "zstd",
    ["--quiet", "--single-thread", "-19", "--zstd=wlog=24", "--stdout", file],
    {
      encoding: "buffer",
      maxBuffer: 1 << 30,
    },
  );
  return stdout;
}

/** All texts as one file, by their names. */
async function texts() {
  const files = withoutForms(await filesIn(path.join(dist, "lessons")));
  const lessons = files.map((name) => `lessons/${name}`);
  const entries = [...lessons, ...TEXTS].map(async (name) => [
    name,
    await readFile(path.join(dist, name), "utf8"),
  ]);
  return gzipSync(JSON.stringify(Object.fromEntries(await Promise.all(entries))), { level: 9 });
}

/** What the document contains, by name, in the order in which it is needed. */
async function contents() {
  const runtime = await readFile(path.join(dist, "wasm_exec.js"), "utf8");
  const worker = async (source) => Buffer.from(`${runtime}\n${await script(source)}`);
  const large = (await readdir(dist)).filter((name) => LARGE.test(name) && !SPARE.test(name)).sort();
  // Each packing takes one processor.
  const packing = new Map();
  const rest = [...large];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
        packing.set(name, await pack(name));
      }
    }),
  );
  return [
    ["worker.js", await worker("src/worker/main.ts")],
    ["kubectl.js", await worker("src/worker/kubectl/main.ts")],
    ["texts.json.gz", await texts()],
    ...large.map((name) => [name, packing.get(name)]),
  ];
}

/** The start of the site's page: what the build has written into it about the modules. */
async function rootElement() {
  const page = await readFile(path.join(dist, "index.html"), "utf8");
  const [root] = /<html[^>]*>/.exec(page) ?? [];
  if (root === undefined) {
    throw new Error("index.html has no root element");
  }
  return root.replace(/ data-(texts-\w+|build)="[^"]*"/g, "");
}

const digest = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The text of an element that ends with its end tag and begins no comment. */
function inside(element, text) {
  const safe = element === "script" ? text.replaceAll("<!--", "\\x3c!--") : text;
  if (safe.toLowerCase().includes(`</${element}`) || /[\r\0]/.test(safe)) {
    throw new Error(`a ${element} would not be read as it is written`);
  }
  return safe;
}

const TAKE = "takeBlock()";

// The encoder is beside its decoder.
const { encode } = await importSource("src/single/sevenbits.ts");
const opening = inside("script", await script("src/single/opening.ts"));
const app = inside("script", await script("src/app/main.ts"));
const styles = inside("style", await readFile(path.join(dist, "styles.css"), "utf8"));
const icon = (await readFile(path.join(dist, "icon.svg"))).toString("base64");
const files = await contents();
const policy = [
  "default-src 'none'",
  `script-src ${[TAKE, opening, app].map(digest).join(" ")} 'wasm-unsafe-eval'`,
  `style-src ${digest(styles)}`,
  "worker-src blob:",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const head = `<!doctype html>
${await rootElement()}
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="The real Kubernetes control plane in a browser tab, with time under your control: everything in one file.">
    <title>Tabernetes</title>
    <link rel="icon" href="data:image/svg+xml;base64,${icon}">
    <style>${styles}</style>
    <script>${opening}</script>
  </head>
  <body>
    <noscript>Tabernetes runs Kubernetes in this page, and needs JavaScript and WebAssembly for it.</noscript>
    <div id="page"><progress class="opening" max="1" value="0" aria-label="Tabernetes"></progress></div>
`;

await mkdir(path.dirname(path.resolve(out)), { recursive: true });
const target = await open(out, "w");
await target.write(head);
const all = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
let done = 0;
for (const [name, bytes] of files) {
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    done += block.length;
    await target.write(`<script type="application/octet-stream" data-file="${name}">`);
    await target.write(encode(block));
    await target.write(`</script><script data-done="${(done / all).toFixed(3)}">${TAKE}</script>\n`);
  }
}
await target.write(`<script>${app}</script>\n  </body>\n</html>\n`);
const { size } = await target.stat();
await target.close();
process.stdout.write(`${out}: ${(size / 1e6).toFixed(1)} MB\n`);
