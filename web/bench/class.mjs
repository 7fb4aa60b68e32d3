/**
 * A class at the program of the classroom zip, on one machine. Its learners are pages in a
 * browser, and, because thirty of those want ten gigabytes and more processors than there
 * are, clients that ask for what such a page asks for before it is ready, as soon as they
 * can: a heavier load for the program than pages, which have to compile what they get.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent, get } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "../test/drivers/chromium.mjs";
import { mostResidentBytes, residentBytes } from "../test/drivers/processes.mjs";

/** Connections that a browser opens to one host. */
const CONNECTIONS = 6;
/** What a browser accepts where a page came over plain http from elsewhere. */
const ENCODINGS = "gzip, deflate";

/** The program and the site of the zip, as the build that a folder belongs to has them; undefined where they are not built. */
export function classroomOf(dist) {
  const root = path.join(dist, "../..");
  const machine = process.arch === "arm64" ? "arm64" : "amd64";
  const program = path.join(root, `bin/classroom/classroom-${process.platform}-${machine}`);
  const site = path.join(root, ".cache/static");
  return [program, site].every(existsSync) ? { program, site } : undefined;
}

/** Starts the program, does something with the class, and ends the program. */
export async function withClassroom({ program, site }, run) {
  const child = spawn(program, ["--dir", site, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${program} ended with code ${code}`)));
      let text = "";
      child.stdout.on("data", (data) => {
        text += data;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(text);
        if (found !== null) {
          resolve(found[0]);
        }
      });
    });
    return await run({
      url,
      memory: () => ({ resident: residentBytes(child.pid), most: mostResidentBytes(child.pid) }),
    });
  } finally {
    child.kill();
  }
}

/** Does something with a browser in which each page has caches of its own. */
export async function withBrowser(run) {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}

/** Opens the page as a learner and resolves when it is ready, with the paths that it has asked for. */
export async function learn(browser, url) {
  const context = await browser.newContext();
  const paths = [];
  context.on("request", (request) => {
    const { protocol, pathname, search } = new URL(request.url());
    if (protocol === "http:") {
      paths.push(pathname + search);
    }
  });
  const page = await context.newPage();
  // Thirty at once on two processors take their time.
  page.setDefaultTimeout(300_000);
  await page.goto(`${url}?storage=memory&cluster=bench`, { waitUntil: "commit", timeout: 300_000 });
  await page.waitForFunction(() => window.tabernetes !== undefined);
  await page.evaluate(() => window.tabernetes.ready);
  return paths;
}

/** Asks for all paths, as many at once as a browser does, and resolves with the bytes that came. */
export async function load(url, paths) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const sizes = await Promise.all(paths.map((name) => receive(new URL(name, url), agent)));
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    agent.destroy();
  }
}

function receive(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { "Accept-Encoding": ENCODINGS } }, (response) => {
      let bytes = 0;
      response.on("data", (data) => {
        bytes += data.length;
      });
      response.on("error", reject);
      response.on("end", () => {
        const announced = Number(response.headers["content-length"] ?? bytes);
        if (response.statusCode === 200 && bytes === announced) {
          resolve(bytes);
        } else {
          reject(new Error(`${url}: status ${response.statusCode}, ${bytes} of ${announced} bytes`));
        }
      });
    }).on("error", reject);
  });
}
