/**
 * WebKit as WebKitGTK has it, driven by its WebDriver over plain HTTP, on a display
 * of its own. A browser under automation keeps nothing on disk: the visits of a
 * profile are those of one session.
 */
import { spawn } from "node:child_process";
import { request } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { largestBelow } from "./processes.mjs";

const DRIVER = process.env.WEBKIT_DRIVER ?? "WebKitWebDriver";
const START_TIMEOUT = 30_000;
const END_TIMEOUT = 5000;

export class WebKitProfile {
  #session;
  #proxy;

  constructor(proxy) {
    this.#proxy = proxy;
  }

  async open() {
    this.#session ??= await Session.start(this.#proxy);
    return new WebKitPage(this.#session);
  }

  async remove() {
    await this.#session?.end();
    this.#session = undefined;
  }
}

class WebKitPage {
  #session;

  constructor(session) {
    this.#session = session;
    this.version = session.version;
  }

  async goto(url, early) {
    await this.#session.send("POST", "/url", { url });
    await this.#arrive((href) => href === url);
    if (early !== undefined) {
      await this.evaluate(early);
    }
  }

  async reload() {
    await this.evaluate(() => {
      globalThis.isOld = true;
    });
    await this.#session.send("POST", "/refresh", {});
    await this.#arrive((_, isOld) => !isOld);
  }

  /** Waits for the new document: commands go to the old one until it is there. */
  async #arrive(isThere) {
    for (;;) {
      const [href, isOld] = await this.evaluate(() => [location.href, globalThis.isOld === true]).catch(
        () => ["", true], // The document went away under the command.
      );
      if (isThere(href, isOld)) {
        return;
      }
      await sleep(5);
    }
  }

  async evaluate(run, argument) {
    const script = `const [argument, done] = arguments;
      Promise.resolve(argument).then(${run}).then(
        (value) => done({ value }),
        (error) => done({ error: String(error?.stack ? error + "\\n" + error.stack : error) }),
      );`;
    const { value, error } = await this.#session.send("POST", "/execute/async", {
      script,
      args: [argument ?? null],
    });
    if (error !== undefined) {
      throw new Error(`in the page: ${error}`);
    }
    return value;
  }

  async renderer() {
    return largestBelow(this.#session.process, /WebKitWebProcess/);
  }

  async close() {
    await this.#session.send("POST", "/url", { url: "about:blank" });
    await this.#arrive((href) => href === "about:blank");
  }
}

/** A driver's process, its display and its one session. */
class Session {
  #driver;
  #address;
  #path = "";

  static async start(proxy) {
    const session = new Session();
    const port = await freePort();
    session.#address = `http://127.0.0.1:${port}`;
    // All of its processes are one group, so that none outlives the session.
    session.#driver = spawn("xvfb-run", ["--auto-servernum", DRIVER, `--port=${port}`], {
      detached: true,
      stdio: "ignore",
      // Its sandbox does not start for root, who runs the tests in a container.
      env:
        process.getuid?.() === 0
          ? { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }
          : process.env,
    });
    const ended = new Promise((_, reject) => {
      session.#driver.once("error", reject);
      session.#driver.once("exit", (code) => reject(new Error(`${DRIVER} ended with code ${code}`)));
    });
    ended.catch(() => undefined);
    process.once("exit", session.#kill);
    try {
      await Promise.race([session.#begin(proxy), ended]);
    } catch (error) {
      session.#kill();
      throw error;
    }
    return session;
  }

  async #begin(proxy) {
    const latest = Date.now() + START_TIMEOUT;
    while (
      !(await this.send("GET", "/status").then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > latest) {
        throw new Error(`${DRIVER} does not answer`);
      }
      await sleep(50);
    }
    const { sessionId, capabilities } = await this.send("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          pageLoadStrategy: "none",
          ...(proxy !== undefined && { proxy: { proxyType: "manual", httpProxy: proxy } }),
          // A call may wait for hours of cluster time.
          timeouts: { script: null },
        },
      },
    });
    this.#path = `/session/${sessionId}`;
    this.version = `${capabilities.browserName} ${capabilities.browserVersion}`;
  }

  get process() {
    return this.#driver.pid;
  }

  async send(method, path, body) {
    const { status, value } = await exchange(method, `${this.#address}${this.#path}${path}`, body);
    if (status !== 200) {
      throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    }
    return value;
  }

  async end() {
    // One that hangs is ended as well.
    await Promise.race([this.send("DELETE", "").catch(() => undefined), sleep(END_TIMEOUT)]);
    this.#kill();
  }

  #kill = () => {
    process.off("exit", this.#kill);
    try {
      process.kill(-this.#driver.pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  };
}

/** One command. `fetch` gives up after five minutes, and a command may take hours. */
function exchange(method, url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { "Content-Type": "application/json" } },
      async (response) => {
        try {
          const chunks = await response.setEncoding("utf8").toArray();
          resolve({ status: response.statusCode, value: JSON.parse(chunks.join("")).value });
        } catch (error) {
          reject(error);
        }
      },
    );
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
