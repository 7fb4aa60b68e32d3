/** What the page's first script is, and what becomes of what is done before the rest of it is there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { openPage, untilReady } from "./harness.mjs";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/** Before the diagram can draw. */
const MOST_BYTES = 120_000;

/** Of all files of all lessons, each packed with brotli. */
const MOST_LESSON_BYTES = 400_000;

/** Lets requests for a part wait until it is released, or fail until then. */
async function hold(context, part, outcome = "wait") {
  let release = () => undefined;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  let isReleased = false;
  void released.then(() => {
    isReleased = true;
  });
  await context.route(new RegExp(`/parts/${part}-`), async (route) => {
    if (outcome === "fail" && !isReleased) {
      await route.fulfill({ status: 503 });
      return;
    }
    await released;
    await route.continue();
  });
  return release;
}

/** A page in a context of its own, which has what `prepare` does to that. */
async function openWith(prepare, query = {}, options = {}) {
  const blank = await openPage({}, { wait: false });
  const context = await blank
    .context()
    .browser()
    .newContext({ viewport: { width: 1366, height: 768 } });
  await blank.close();
  const prepared = await prepare(context);
  const page = await openPage(query, { context, wait: false, ...options });
  await page.locator(".header").waitFor();
  return { page, prepared, close: () => context.close() };
}

const editor = (page) => page.getByRole("textbox", { name: "YAML editor" });
const hasCodeMirror = (page) =>
  page.waitForFunction(() => document.querySelector("#editor-text").shadowRoot?.querySelector(".cm-content"));
const text = (page) =>
  page.evaluate(() => {
    const host = document.querySelector("#editor-text");
    const lines = host.shadowRoot?.querySelectorAll(".cm-line");
    return lines === undefined
      ? host.querySelector("textarea").value
      : [...lines].map((line) => line.textContent).join("\n");
  });

test("page, style and scripts that come before the diagram can draw are small", () => {
  const page = readFileSync(`${dist}index.html`, "utf8");
  const files = [...page.matchAll(/(?:src|href)="([^"?]+\.(?:js|css))(?:\?[^"]*)?"/g)].map(
    ([, file]) => file,
  );
  assert.ok(files.includes("app.js") && files.includes("early.js") && files.includes("styles.css"));
  const sizes = ["index.html", ...files].map((file) => gzipSync(readFileSync(dist + file)).length);
  const sum = sizes.reduce((one, other) => one + other);
  assert.ok(sum <= MOST_BYTES, `${sum} bytes, gzip`);
});

test("what is written before CodeMirror is there is kept, with the cursor, the focus and what can be undone", async () => {
  const { page, prepared: release, close } = await openWith((context) => hold(context, "codepane"));
  const before = await text(page);
  await editor(page).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# mine\n");
  assert.equal(await text(page), `# mine\n${before}`);
  await page.keyboard.press("ArrowUp");
  release();
  await hasCodeMirror(page);
  await page.keyboard.type("still ");
  assert.equal(await text(page), `still # mine\n${before}`);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.equal(await text(page), before);
  assert.deepEqual(page.faults, []);
  await close();
});

test("the text stands still when CodeMirror takes its place", async () => {
  const { page, prepared: release, close } = await openWith((context) => hold(context, "codepane"));
  const place = (selector) =>
    page.evaluate((selector) => {
      const host = document.querySelector("#editor-text");
      const lines = (host.shadowRoot ?? host).querySelectorAll(selector);
      return [lines[0], lines[4], lines[14]].map((line) => {
        const range = document.createRange();
        range.setStart(document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode(), 0);
        const { x, y } = range.getBoundingClientRect();
        return [x, y];
      });
    }, selector);
  const before = await place(".plain-line");
  await editor(page).hover();
  release();
  await hasCodeMirror(page);
  await page.waitForTimeout(100);
  const after = await place(".cm-line");
  for (const [index, [x, y]] of before.entries()) {
    assert.ok(Math.hypot(x - after[index][0], y - after[index][1]) < 1, `${before} became ${after}`);
  }
  await close();
});

test("a part that does not come is asked for again, and the page says so", async () => {
  const { page, prepared: release, close } = await openWith((context) => hold(context, "tools", "fail"));
  await page.getByRole("button", { name: "What is real?" }).click();
  const notice = page.getByText("A part of the page could not be loaded");
  await notice.waitFor();
  await page.getByRole("button", { name: "Load the page again" }).waitFor();
  release();
  await page.getByRole("dialog", { name: "What is real here" }).waitFor();
  await notice.waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await close();
});

test("what is typed before the palette and the terminal are there is typed into them", async () => {
  const { page, prepared, close } = await openWith(async (context) => [
    await hold(context, "tools"),
    await hold(context, "terminal"),
  ]);
  await page.keyboard.press("Control+k");
  // Not keys of the page, as the s of "skip" would be.
  await page.keyboard.type("shortcutz");
  await page.keyboard.press("Backspace");
  prepared[0]();
  const palette = page.locator(".palette input");
  await palette.waitFor();
  assert.equal(await palette.inputValue(), "shortcut");
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "hidden" });
  await page.keyboard.press("t");
  await page.keyboard.type("kubectl get");
  prepared[1]();
  await page.waitForFunction(() => document.activeElement?.value === "kubectl get");
  await page.keyboard.type(" pods");
  assert.equal(await page.evaluate(() => document.activeElement.value), "kubectl get pods");
  assert.deepEqual(page.faults, []);
  await close();
});

test("a page whose language does not come begins in English and changes when it does", async () => {
  const {
    page,
    prepared: release,
    close,
  } = await openWith((context) => hold(context, "chinese", "fail"), { lang: "zh" });
  await page.getByRole("button", { name: "What is real?" }).waitFor();
  release();
  await page.getByRole("button", { name: "哪些是真的？" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
  await close();
});

test("all lessons together stay within their bytes, and nobody waits for one who opens none", async () => {
  const files = readdirSync(path.join(dist, "lessons"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:gz|br|zst)$/.test(entry.name))
    .map((entry) => brotliCompressSync(readFileSync(path.join(entry.parentPath, entry.name))).length);
  const bytes = files.reduce((sum, size) => sum + size, 0);
  assert.ok(files.length > 100 && bytes < MOST_LESSON_BYTES, `${files.length} files, ${bytes} bytes`);

  const { page, prepared, close } = await openWith(async (context) => {
    const asked = [];
    context.on("request", (request) => asked.push(new URL(request.url()).pathname));
    return asked;
  });
  await untilReady(page);
  const before = [...prepared];
  assert.ok(before.some((name) => name.endsWith("/controlplane.wasm")));
  assert.deepEqual(
    before.filter((name) => /lessons/.test(name)),
    [],
  );
  await close();
});
