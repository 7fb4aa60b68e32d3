/** Pages of another site, which embed the one under test. */
import { createServer } from "node:http";

/**
 * Under `localhost`, which is another site than 127.0.0.1. `page` gives the address of a
 * page with a content; `files` are texts by their paths.
 */
export function servePages(site, files = {}) {
  const { origin } = new URL(site);
  const pages = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (Object.hasOwn(files, pathname)) {
      response.writeHead(200, { "Content-Type": "text/plain" }).end(files[pathname]);
      return;
    }
    const page = pages.get(pathname);
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    const policy = `default-src 'none'; script-src ${origin}; frame-src ${origin}; img-src data:`;
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      ...(page.strict ? { "Content-Security-Policy": policy } : {}),
    });
    response.end(page.html);
  });
  return new Promise((resolve) => {
    server.listen(0, () => {
      const { port } = server.address();
      resolve({
        close: () => server.close(),
        page(content, { strict = false } = {}) {
          const path = `/${pages.size}/`;
          const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A tutorial</title>
<link rel="icon" href="data:,"><script async src="${site}embed.js"></script></head>
<body><main><h1>A tutorial</h1>${content}</main></body></html>`;
          pages.set(path, { html, strict });
          return `http://localhost:${port}${path}`;
        },
      });
    });
  });
}
