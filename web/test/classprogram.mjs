/** The program of the classroom zip, and a way to it under a name that is not loopback. */
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";

const path = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const PROGRAM = path(
  `bin/classroom/classroom-${process.platform}-${process.arch === "arm64" ? "arm64" : "amd64"}`,
);

/** Starts the program for a class; resolves with its port when it listens. */
export async function startClassroom() {
  const program = spawn(PROGRAM, ["--dir", path(".cache/static"), "--port", "0", "--lan"]);
  const port = await new Promise((resolve, reject) => {
    program.once("exit", (code) => reject(new Error(`the program has ended with ${code}`)));
    program.stdout.on("data", (said) => {
      const [, announced] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said) ?? [];
      if (announced !== undefined) {
        resolve(Number(announced));
      }
    });
  });
  return { port, close: () => program.kill() };
}

/**
 * A proxy for browsers that cannot be told the address of a name: it answers for one host
 * with what a server on this machine says, and refuses every other.
 */
export async function serveProxy(host, port) {
  const server = createServer((asked, answer) => {
    const { hostname, pathname, search } = new URL(asked.url, "http://no.example/");
    if (hostname !== host) {
      answer.writeHead(502).end();
      return;
    }
    const sent = request(
      { port, host: "127.0.0.1", method: asked.method, path: pathname + search, headers: asked.headers },
      (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.pipe(answer);
      },
    );
    sent.once("error", () => answer.destroy());
    answer.once("close", () => sent.destroy());
    asked.pipe(sent);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
