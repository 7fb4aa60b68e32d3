/**
 * Builds the site into dist/: the page, the worker, the styles and the static
 * files. The wasm modules, wasm_exec.js and lessons/ are put there by the
 * Makefile, and this build leaves them alone.
 *
 *   node build.mjs [--watch] [--development]
 */

import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const development = process.argv.includes("--development");
const watch = process.argv.includes("--watch");

const { version } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));

const shared = {
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  target: ["es2022"],
  minify: !development,
  sourcemap: development ? "inline" : false,
  legalComments: "none",
  logLevel: "warning",
  loader: { ".yaml": "text" },
};

/**
 * Has what is imported later import the script that is there already, so that all that
 * they share is one file: otherwise there is a file for each set of parts that share
 * something, and the page waits for a dozen of them. The exceptions are what that
 * script itself needs first.
 */
const lateParts = (source, exceptions = []) => ({
  name: "late parts",
  setup(build) {
    const first = path.join(here, source);
    const own = new Set(exceptions.map((exception) => path.join(here, exception)));
    const late = new Set();
    build.onResolve({ filter: /^\./ }, ({ kind, path: name, resolveDir }) => {
      const file = path.join(resolveDir, name);
      if (kind === "dynamic-import" && file !== first && !own.has(file)) {
        late.add(file);
      }
    });
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) =>
      late.has(file)
        ? {
            contents: `${await readFile(file, "utf8")}\nimport "./${path.relative(path.dirname(file), first)}";\n`,
            loader: "ts",
          }
        : undefined,
    );
  },
});

/** The files that a script imports at once, which the page names so that they are asked for with it. */
function filesAtOnce(outputs, file, found = new Set()) {
  for (const { path: imported, kind } of outputs[file].imports) {
    if (kind === "import-statement" && !found.has(imported)) {
      found.add(imported);
      filesAtOnce(outputs, imported, found);
    }
  }
  return [...found];
}

/** The file that a source begins. */
function fileOf(outputs, source) {
  const found = Object.keys(outputs).find((file) => outputs[file].entryPoint === source);
  if (found === undefined) {
    throw new Error(`no file of the build begins with ${source}`);
  }
  return found;
}

/** Writes the page whenever its script is built. */
const pageOfScript = {
  name: "page",
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      if (metafile !== undefined) {
        const page = await readFile(path.join(here, "src/app/index.html"), "utf8");
        const chinese = fileOf(metafile.outputs, "src/language/chinese.ts");
        const links = filesAtOnce(metafile.outputs, "dist/app.js").map(
          (file) => `<link rel="modulepreload" href="${path.relative("dist", file)}">`,
        );
        await writeFile(
          path.join(dist, "index.html"),
          page
            .replace("<!-- first parts -->", links.join("\n    "))
            .replace("<html", `<html data-texts-zh="${path.relative("dist", chinese)}"`),
        );
      }
    });
  },
};

/** Writes the frame's page whenever its script is built. */
const pageOfFrame = {
  name: "frame",
  setup(build) {
    build.onEnd(() => cp(path.join(here, "src/playground/index.html"), path.join(dist, "embed.html")));
  },
};

/**
 * The colours of the page (tokens.css) for pages without a switch: dark where the
 * reader's system is.
 */
const systemTheme = {
  name: "system theme",
  setup(build) {
    build.onLoad({ filter: /styles\/tokens\.css$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      const dark = /:root\[data-theme="dark"\] (\{[^}]*\})/;
      if (!dark.test(text)) {
        throw new Error(`${file} has no dark colours`);
      }
      return {
        contents: text.replace(dark, "@media (prefers-color-scheme: dark) { :root $1 }"),
        loader: "css",
      };
    });
  },
};

// The page is a module; what runs before it and each worker are one classic script,
// because a blob worker of a page on file:// can be nothing else.
const builds = [
  {
    ...shared,
    entryPoints: { app: "src/app/main.ts" },
    format: "esm",
    splitting: true,
    // What the page fetches later is of its own build or not there: it is told by its content.
    chunkNames: "parts/[name]-[hash]",
    metafile: true,
    plugins: [lateParts("src/app/main.ts"), pageOfScript],
  },
  // The frame's page: a poster, and all else when it is started.
  {
    ...shared,
    entryPoints: { frame: "src/playground/main.ts" },
    format: "esm",
    splitting: true,
    chunkNames: "parts/frame-[name]-[hash]",
    metafile: true,
    plugins: [lateParts("src/playground/session.ts", ["src/language/chinese.ts"]), pageOfFrame],
  },

  {
    ...shared,
    entryPoints: { early: "src/app/early.ts", policy: "src/playground/policy.ts" },
    format: "iife",
  },
  // For pages of others: under an address that moves, and one of this version.
  {
    ...shared,
    entryPoints: { embed: "src/embed/main.ts", [`embed-${version}`]: "src/embed/main.ts" },
    format: "iife",
  },
  { ...shared, entryPoints: { styles: "src/app/styles/styles.css" } },
  // Of the guide's pages, which guide/cmd/guide writes.
  { ...shared, entryPoints: { guide: "src/guide/main.ts" }, format: "iife" },
  { ...shared, entryPoints: { guide: "src/guide/guide.css" }, plugins: [systemTheme] },
];
// What keeps the site for use without a network, and answers with it.
builds.push({
  ...shared,
  entryPoints: { sw: "src/offline/worker/serviceworker.ts", keeper: "src/offline/worker/keeper.ts" },
  format: "iife",
});
if (existsSync(path.join(here, "src/worker/main.ts"))) {
  const workers = { worker: "src/worker/main.ts", kubectl: "src/worker/kubectl/main.ts" };
  builds.push({ ...shared, entryPoints: workers, format: "iife" });
}

await mkdir(dist, { recursive: true });
await cp(path.join(here, "public"), dist, { recursive: true });
// Of an earlier build.
await rm(path.join(dist, "parts"), { recursive: true, force: true });

for (const options of builds) {
  if (watch) {
    await (await esbuild.context(options)).watch();
  } else {
    await esbuild.build(options);
  }
}
