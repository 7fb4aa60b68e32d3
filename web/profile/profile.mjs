/**
 * Collects which functions of the modules are called, by a site whose modules mark
 * them (wasm/split part -mark): runs browser tests and walks against it and writes a
 * file of marks for each module. "make profile" makes the site and turns the marks
 * into profiles.
 *
 *   node profile/profile.mjs --site .cache/profile-dist --out .cache/profile [walks] [name of a browser test]…
 *
 * Without names all tests and walks run. A test that fails is said; what it called counts.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serveStatic } from "../test/static.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parseArgs({
  options: { site: { type: "string" }, out: { type: "string" } },
  allowPositionals: true,
});

/** Tests that bring a site of their own, end their browser, or do in another what Chromium does. */
const LEFT_OUT = ["deferred", "firefox", "killloop", "webkit"];
const WALKS = "walks";

/** The marks of each module, a byte a function. */
const marks = new Map();

function take(name, bytes) {
  const known = marks.get(name) ?? Buffer.alloc(bytes.length);
  for (const [number, mark] of bytes.entries()) {
    known[number] |= mark;
  }
  marks.set(name, known);
}

/** The scripts of the workers begin with the collector; what it sends is taken. */
function answer(pathname, request, response) {
  const [, name] = /^\/marks\/([a-z]+)$/.exec(pathname) ?? [];
  if (name !== undefined && request.method === "POST") {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      take(name, Buffer.concat(chunks));
      response.writeHead(204).end();
    });
    return true;
  }
  if (pathname === "/worker.js" || pathname === "/kubectl.js") {
    const script = [path.join(here, "collector.js"), path.join(options.site, pathname)].map((file) =>
      readFileSync(file, "utf8"),
    );
    response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(script.join("\n"));
    return true;
  }
  return false;
}

function called() {
  return [...marks]
    .map(([name, bytes]) => `${name} ${bytes.reduce((sum, mark) => sum + mark, 0)}`)
    .join(", ");
}

const run = (file, url) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["--test", file], {
      env: { ...process.env, SITE: url },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("exit", resolve);
  });

const tests = path.join(here, "../test");
const known = readdirSync(tests)
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => name.replace(".test.mjs", ""))
  .filter((name) => !LEFT_OUT.includes(name));
const wanted = positionals.length === 0 ? [WALKS, ...known] : positionals;

mkdirSync(options.out, { recursive: true });
const site = await serveStatic({ folder: options.site, answer });
for (const name of wanted) {
  const file = name === WALKS ? path.join(here, "walks.mjs") : path.join(tests, `${name}.test.mjs`);
  const code = await run(file, site.url);
  process.stdout.write(`${name}${code === 0 ? "" : " failed"}: called so far ${called()}\n`);
  for (const [module, bytes] of marks) {
    writeFileSync(path.join(options.out, `${module}.marks`), bytes);
  }
}
site.close();
