/** Firefox, driven by Puppeteer over WebDriver BiDi. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import puppeteer from "puppeteer-core";
import { largestBelow } from "./processes.mjs";

const EXECUTABLE = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

export class FirefoxProfile {
  #directory = mkdtempSync(path.join(tmpdir(), "tabernetes-firefox-"));
  #proxy;

  constructor(proxy) {
    this.#proxy = proxy;
  }

  async open() {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: EXECUTABLE,
      userDataDir: this.#directory,
      headless: true,
      extraPrefsFirefox: this.#proxy === undefined ? {} : proxied(this.#proxy),
      // A call may wait for hours of cluster time.
      protocolTimeout: 0,
    });
    const [page = await browser.newPage()] = await browser.pages();
    return new FirefoxPage(browser, page, await browser.version());
  }

  async remove() {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const MANUAL = 1;

function proxied(address) {
  const { hostname, port } = new URL(`http://${address}`);
  return {
    "network.proxy.type": MANUAL,
    "network.proxy.http": hostname,
    "network.proxy.http_port": Number(port),
  };
}

class FirefoxPage {
  #browser;
  #page;

  constructor(browser, page, version) {
    this.#browser = browser;
    this.#page = page;
    this.version = version;
  }

  async goto(url, early) {
    if (early !== undefined) {
      await this.#page.evaluateOnNewDocument(early);
    }
    await this.#page.goto(url, { waitUntil: "domcontentloaded" });
  }

  async reload() {
    await this.#page.reload({ waitUntil: "domcontentloaded" });
  }

  evaluate(run, argument) {
    return this.#page.evaluate(run, argument);
  }

  /** Each site has a process of its own, and others wait for sites to come. */
  async renderer() {
    return largestBelow(this.#browser.process().pid, / -contentproc .* tab$/);
  }

  close() {
    return this.#browser.close();
  }
}
