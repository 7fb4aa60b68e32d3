/**
 * Serves web/dist, or another site, with the headers that the page must live under,
 * when no SITE is given. It has what a test needs of engine/site and no more.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Another built site can be given in the environment. */
const DIST = process.env.DIST ?? fileURLToPath(new URL("../dist/", import.meta.url));

const policy = (workers) =>
  `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src ${workers}; connect-src 'self'; object-src 'none'; base-uri 'none'`;
const POLICY = `${policy("'self'")}; frame-ancestors 'self'`;
/** Of the page that any site may show in a frame; see engine/site. */
const framePolicy = (host) => policy("'self' blob:").replaceAll("'self'", `'self' http://${host}`);

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves a folder, or the one that a function tells at each request, and resolves with the
 * address and how to stop. `answer` sees each request first; when it returns true it has
 * answered. `headers` are sent besides.
 */
export function serveStatic({ folder = DIST, answer = () => false, headers = {} } = {}) {
  const server = createServer((request, response) => {
    const dist = path.join(path.resolve(typeof folder === "function" ? folder() : folder), path.sep);
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (answer(pathname, request, response)) {
      return;
    }
    const name = decodeURIComponent(pathname === "/" ? "/index.html" : pathname);
    const file = path.join(dist, name);
    if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "Content-Length": statSync(file).size,
      "Content-Security-Policy": name === "/embed.html" ? framePolicy(request.headers.host) : POLICY,
      // A sandboxed frame has an origin of its own.
      "Access-Control-Allow-Origin": "*",
      ...headers,
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
    });
  });
}
