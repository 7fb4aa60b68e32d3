/** Serves a built folder, with the project's own server unless there is none. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";

/** A packed copy that is older than its file is not served: a build that goes on, or a folder copied without its times. */
function refuseStale(folder) {
  const time = (name) => statSync(path.join(folder, name)).mtimeMs;
  const stale = readdirSync(folder, { recursive: true })
    .map((name) => ({ copy: name, name: name.replace(/\.(br|gz|zst)$/, "") }))
    .filter(({ copy, name }) => name !== copy && existsSync(path.join(folder, name)))
    .filter(({ copy, name }) => time(copy) < time(name));
  if (stale.length > 0) {
    throw new Error(
      `older than what they are copies of, in ${folder}: ${stale.map(({ copy }) => copy).join(", ")}`,
    );
  }
}

/** Resolves with the address, which ends in a slash, and how to stop. */
export async function serve(folder, program) {
  refuseStale(folder);
  const child = spawn(program, ["--dir", folder, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) {
        resolve(found[0].replace(/\/?$/, "/"));
      }
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${program} ended with code ${code}`)));
  });
  return { url, close: () => child.kill() };
}

/** Another address of a site, which counts the bytes that come from it: packed, and with the headers. */
export function counted(url) {
  const { hostname, port } = new URL(url);
  let received = 0;
  const open = new Set();
  const server = createServer((client) => {
    const site = connect(Number(port), hostname);
    site.on("data", (data) => {
      received += data.length;
    });
    for (const [from, to] of [
      [client, site],
      [site, client],
    ]) {
      from.pipe(to);
      // A browser that ends resets what is open.
      from.on("error", () => to.destroy());
      from.on("close", () => open.delete(from));
      open.add(from);
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}/`,
        received: () => received,
        close() {
          server.close();
          for (const socket of open) {
            socket.destroy();
          }
        },
      }),
    );
  });
}
