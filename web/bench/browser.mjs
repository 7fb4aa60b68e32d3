/** One Chromium with a profile directory, and what it uses of memory. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

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

const EXECUTABLE =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export class Profile {
  #directory = mkdtempSync(path.join(tmpdir(), "tabernetes-bench-"));

  /** A browser whose caches are what earlier ones of this profile left. */
  open() {
    return chromium.launchPersistentContext(this.#directory, {
      executablePath: EXECUTABLE,
      headless: true,
      args: FLAGS,
    });
  }

  remove() {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** In the page, before its own scripts: notes when the control plane's worker first tells of each stage of its start. */
function noteStages() {
  const { Worker } = globalThis;
  globalThis.stages = {};
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data?.type === "progress" && !String(options[0]).includes("kubectl")) {
          globalThis.stages[data.stage] ??= performance.now();
        }
      });
    }
  };
}

/**
 * Opens the page, waits until controllers run, and tells how long that took from
 * the beginning of the navigation, and when each stage of the start began.
 */
export async function openPage(context, url) {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(noteStages);
  await page.goto(url, { waitUntil: "commit" });
  const ready = await page.evaluate(async () => {
    const start = performance.now();
    while (window.tabernetes === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (performance.now() - start > 60_000) {
        throw new Error("the page has no window.tabernetes");
      }
    }
    const told = new Promise((resolve) => window.tabernetes.on("ready", resolve));
    await window.tabernetes.ready;
    const navigation = performance.now();
    // The event is the same moment; a page that was ready before has none to come.
    const event = await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 100, undefined))]);
    return { navigation, worker: event?.bootMilliseconds, stages: globalThis.stages };
  });
  return { page, ready };
}

/** Memory in use, in bytes. */
export async function measureMemory(context, page) {
  const metrics = await page.evaluate(async () => (await window.tabernetes.fetch("/metrics")).text());
  const goMetric = (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1]);
  const session = await context.browser()?.newBrowserCDPSession();
  const processes = (await session?.send("SystemInfo.getProcessInfo"))?.processInfo ?? [];
  const renderers = processes.filter(({ type }) => type === "renderer").map(({ id }) => residentBytes(id));
  return {
    goHeap: goMetric("go_memstats_heap_alloc_bytes"),
    goSystem: goMetric("go_memstats_sys_bytes"),
    pageJavaScript: await page.evaluate(() => performance.memory.usedJSHeapSize),
    renderer: renderers.length === 0 ? undefined : Math.max(...renderers),
  };
}

/** Resident set of a process; 0 where there is no /proc. */
function residentBytes(id) {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
