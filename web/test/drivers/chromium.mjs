/** Chromium, driven by Playwright: `page.native` is Playwright's page. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { mappings, residentBytes } from "./processes.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
];

export const EXECUTABLE =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const LEAST_RESERVE = 2 ** 31;

export class ChromiumProfile {
  #directory = mkdtempSync(path.join(tmpdir(), "tabernetes-chromium-"));
  #proxy;

  constructor(proxy) {
    this.#proxy = proxy;
  }

  async open() {
    const context = await chromium.launchPersistentContext(this.#directory, {
      executablePath: EXECUTABLE,
      headless: true,
      args: FLAGS,
      ...(this.#proxy !== undefined && { proxy: { server: this.#proxy } }),
    });
    return new ChromiumPage(context, context.pages()[0] ?? (await context.newPage()));
  }

  async remove() {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

class ChromiumPage {
  #context;

  constructor(context, page) {
    this.#context = context;
    this.native = page;
    this.version = context.browser()?.version() ?? "unknown";
  }

  async goto(url, early) {
    if (early !== undefined) {
      await this.native.addInitScript(early);
    }
    await this.native.goto(url, { waitUntil: "commit" });
  }

  async reload() {
    await this.native.reload({ waitUntil: "commit" });
  }

  evaluate(run, argument) {
    return this.native.evaluate(run, argument);
  }

  async renderer() {
    const session = await this.#context.browser()?.newBrowserCDPSession();
    const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
    await session?.detach();
    return processInfo
      .filter(({ type }) => type === "renderer")
      .map(({ id }) => id)
      .sort((a, b) => residentBytes(b) - residentBytes(a))[0];
  }

  /**
   * Bytes of the linear memories of WebAssembly: V8 keeps addresses free on both
   * sides of one, so that no access needs a check, and no other mapping is such an island.
   */
  async linearMemory() {
    const all = mappings(await this.renderer());
    const isReserve = (mapping) =>
      mapping?.access.startsWith("---") && mapping.to - mapping.from > LEAST_RESERVE;
    return all
      .filter(({ access }, index) => {
        const [before, own, after] = [all[index - 1], all[index], all[index + 1]];
        const isIsland = before?.to === own.from && own.to === after?.from;
        return access.startsWith("rw") && isIsland && isReserve(before) && isReserve(after);
      })
      .reduce((sum, { from, to }) => sum + to - from, 0);
  }

  close() {
    return this.#context.close();
  }
}
