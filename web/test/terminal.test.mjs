/**
 * The terminal's panel in Chromium, with a shell that says what the test tells it
 * to. The page with the real shell is in kubectl.test.mjs.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const axe = readFileSync(path.join(web, "node_modules/axe-core/axe.min.js"), "utf8");
const executablePath =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

let browser;
let script;
let styles;

before(async () => {
  const build = (options) =>
    esbuild.build({ absWorkingDir: web, bundle: true, write: false, target: ["es2022"], ...options });
  const [panel, css] = await Promise.all([
    build({
      stdin: {
        contents: `
          import { Terminal } from "./src/terminal/terminal.ts";
          import { english } from "./src/language/english.ts";
          import { chinese } from "./src/language/chinese.ts";
          window.panel = { Terminal, texts: { en: english, zh: chinese } };`,
        resolveDir: web,
        loader: "ts",
      },
      format: "iife",
    }),
    build({ entryPoints: ["src/app/styles/styles.css"] }),
  ]);
  script = panel.outputFiles[0].text;
  styles = css.outputFiles[0].text;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});

after(() => browser?.close());

/** The panel alone on a page. window.shell has what was asked of it, and answers for it. */
async function open({ theme = "light", language = "en", history = [] } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 420 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  await page.route("http://localhost/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><html lang="${language}" data-theme="${theme}"><head><title>Terminal</title>
        <style>${styles} main { height: 100vh; background: var(--surface); }</style></head>
        <body><main><h1 class="visually-hidden">Terminal</h1></main></body></html>`,
    }),
  );
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: script });
  await page.evaluate(
    ({ language, history }) => {
      const runs = [];
      const listeners = {};
      const items = new Map([
        ["u1", { uid: "u1", name: "web-7db77f7cc6-7j49g", namespace: "default" }],
        ["u2", { uid: "u2", name: "web", namespace: "default" }],
      ]);
      window.shell = {
        runs,
        selected: [],
        saved: [],
        completions: { replace: 0, candidates: [] },
        loads: 0,
        /** The module tells how far it is. */
        tell: (event, detail) => listeners[event](detail),
        get last() {
          return runs[runs.length - 1];
        },
      };
      const panel = new window.panel.Terminal({
        client: { inventory: { items } },
        text: window.panel.texts[language],
        history: { load: () => history, save: (lines) => (window.shell.saved = [...lines]) },
        onSelect: (uid) => window.shell.selected.push(uid),
        shell: {
          run(session, line, output) {
            const one = { session, line, output, input: [], interrupted: 0 };
            const ended = new Promise((resolve) => (one.end = resolve));
            runs.push(one);
            return {
              ended,
              raw: false,
              stop() {
                one.interrupted++;
                one.end(130);
              },
              input: (text) => one.input.push(text),
            };
          },
          complete: async (session, line, cursor) => {
            window.shell.asked = { session, line, cursor };
            return window.shell.completions;
          },
          prompt: async () => window.shell.prompt ?? "root@k8s-master:~#",
          load: async () => {
            window.shell.loads++;
          },
          on(event, listener) {
            listeners[event] = listener;
            return () => delete listeners[event];
          },
          closeSession: (session) => (window.shell.closed = session),
        },
      });
      document.querySelector("main").append(panel.element);
      window.terminal = panel;
    },
    { language, history },
  );
  return page;
}

const field = (page) => page.getByRole("textbox");
const log = (page) => page.getByRole("log");

/** What the line that runs prints, and its exit status when it ends with it. */
async function answer(page, text, code) {
  await page.evaluate(
    async ({ text, code }) => {
      window.shell.last.output("stdout", text);
      if (code !== undefined) {
        window.shell.last.end(code);
      }
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    },
    { text, code },
  );
}

async function type(page, line) {
  await field(page).fill(line);
  await field(page).press("Enter");
}

const lines = (page) => page.evaluate(() => window.shell.runs.map(({ line }) => line));

test("a line runs, its output and its exit status are in the log", async () => {
  const page = await open();
  await type(page, "kubectl get pods");
  assert.deepEqual(await lines(page), ["kubectl get pods"]);
  await answer(page, "NAME   READY\n\u001b[31mweb-7db77f7cc6-7j49g\u001b[0m   1/1\n", 0);
  await type(page, "false");
  await answer(page, "", 1);
  assert.match(
    await log(page).innerText(),
    /kubectl get pods[\s\S]*NAME {3}READY\nweb-7db77f7cc6-7j49g {3}1\/1[\s\S]*false\nexit status 1/,
  );
  assert.equal(await page.evaluate(() => window.shell.saved.join()), "kubectl get pods,false");
  await page.evaluate(() => (window.shell.prompt = "root@k8s-master:/tmp#"));
  await type(page, "cd /tmp");
  await answer(page, "", 0);
  await page.locator(".terminal-entry", { hasText: "root@k8s-master:/tmp#" }).waitFor();
  await page.context().close();
});

test("opening a terminal loads the module, and says so until it is there", async () => {
  const page = await open();
  const status = page.locator(".terminal-loading");
  const tell = (...told) => page.evaluate((told) => window.shell.tell(...told), told);
  // Loaded by an idle page: nobody waits for it.
  await tell("loading", { stage: "download", loaded: 1_000_000 });
  assert.equal(await status.isHidden(), true);
  assert.equal(await page.evaluate(() => window.shell.loads), 0);
  await field(page).click();
  assert.equal(await page.evaluate(() => window.shell.loads), 1);
  await tell("loading", { stage: "download", loaded: 12_340_000 });
  assert.equal(await status.innerText(), "Loading kubectl · 12.3 MB");
  await tell("loading", { stage: "download", loaded: 12_340_000, total: 91_000_000 });
  assert.equal(await status.innerText(), "Loading kubectl · 13%");
  await tell("loading", { stage: "start" });
  assert.equal(await status.innerText(), "Loading kubectl");
  await page.evaluate(() => window.terminal.localize(window.panel.texts.zh));
  assert.equal(await status.innerText(), "正在加载 kubectl");
  await tell("ready", { bootMilliseconds: 1 });
  assert.equal(await status.isHidden(), true);
  // Ended by a panic, it is loaded by the next line, wherever that comes from.
  await page.evaluate(() => window.terminal.run("kubectl get pods"));
  assert.equal(await page.evaluate(() => window.shell.loads), 2);
  await tell("loading", { stage: "compile" });
  assert.equal(await status.isVisible(), true);
  await tell("ended");
  assert.equal(await status.isHidden(), true);
  await page.evaluate(() => window.terminal.destroy());
  await page.context().close();
});

test("names of objects lead to the diagram", async () => {
  const page = await open();
  await type(page, "kubectl get pods");
  await answer(page, "web-7db77f7cc6-7j49g   1/1\ndeployment.apps/web scaled\nthe web\n", 0);
  await log(page).getByRole("button", { name: "web-7db77f7cc6-7j49g" }).click();
  await log(page).getByRole("button", { name: "web", exact: true }).click();
  assert.deepEqual(await page.evaluate(() => window.shell.selected), ["u1", "u2"]);
  await page.context().close();
});

test("arrows and Ctrl+R find earlier lines, Ctrl+L clears, Ctrl+C gives a line up", async () => {
  const page = await open({ history: ["kubectl get pods", "ls", "kubectl get rs"] });
  await field(page).fill("typed");
  await field(page).press("ArrowUp");
  await field(page).press("ArrowUp");
  assert.equal(await field(page).inputValue(), "ls");
  await field(page).press("ArrowDown");
  await field(page).press("ArrowDown");
  assert.equal(await field(page).inputValue(), "typed");
  await field(page).press("Control+r");
  await page.keyboard.type("kub");
  assert.equal(await field(page).inputValue(), "kubectl get rs");
  await field(page).press("Control+r");
  assert.equal(await field(page).inputValue(), "kubectl get pods");
  await field(page).press("Enter");
  assert.deepEqual(await lines(page), ["kubectl get pods"]);
  await answer(page, "x\n", 0);
  await field(page).fill("half a li");
  await field(page).press("Control+c");
  assert.equal(await field(page).inputValue(), "");
  assert.match(await log(page).innerText(), /half a li\^C/);
  await field(page).press("Control+l");
  assert.equal((await log(page).innerText()).trim(), "");
  await page.context().close();
});

test("Tab completes: one candidate whole, several as far as they agree, with a list to choose from", async () => {
  const page = await open();
  const offer = (replace, ...texts) =>
    page.evaluate(
      ({ replace, texts }) => {
        window.shell.completions = { replace, candidates: texts.map((text) => ({ text, description: "" })) };
      },
      { replace, texts },
    );
  await offer(2, "describe");
  await field(page).fill("kubectl de");
  await field(page).press("Tab");
  assert.equal(await field(page).inputValue(), "kubectl describe ");
  assert.deepEqual(await page.evaluate(() => window.shell.asked), {
    session: "1",
    line: "kubectl de",
    cursor: 10,
  });
  await offer(2, "deployments.apps", "deployments.extensions");
  await field(page).pressSequentially("de");
  await field(page).press("Tab");
  assert.equal(await field(page).inputValue(), "kubectl describe deployments.");
  await page.getByRole("button", { name: "deployments.apps" }).click();
  assert.equal(await field(page).inputValue(), "kubectl describe deployments.apps ");
  // Tab does not hold the keyboard: on an empty field, and after Escape, it goes on.
  await field(page).press("Escape");
  await field(page).press("Tab");
  assert.equal(await field(page).evaluate((element) => document.activeElement === element), false);
  await field(page).fill("");
  await field(page).press("Tab");
  assert.equal(await field(page).evaluate((element) => document.activeElement === element), false);
  await page.context().close();
});

test("a command of several lines is pasted or typed as one", async () => {
  const page = await open();
  await field(page).focus();
  await page.evaluate(() => navigator.clipboard.writeText("kubectl apply -f - <<EOF\nkind: Pod\nEOF"));
  await field(page).press("Control+v");
  await field(page).press("Enter");
  await answer(page, "", 0);
  await field(page).pressSequentially("for n in 1 2; do");
  await field(page).press("Enter");
  await field(page).pressSequentially("echo $n; done");
  await field(page).press("Enter");
  assert.deepEqual(await lines(page), [
    "kubectl apply -f - <<EOF\nkind: Pod\nEOF",
    "for n in 1 2; do\necho $n; done",
  ]);
  await page.context().close();
});

test("while a line runs, typing is its input, and Ctrl+C or the button ends it", async () => {
  const page = await open();
  await type(page, "cat");
  await type(page, "hello");
  await field(page).press("Control+d");
  assert.deepEqual(await page.evaluate(() => window.shell.last.input), ["hello\n", null]);
  await field(page).press("Control+c");
  await page.getByText("exit status 130").waitFor();
  await type(page, "kubectl get pods -w");
  await page.getByRole("button", { name: "Stop (Ctrl+C)" }).click();
  await page.getByText("exit status 130").nth(1).waitFor();
  assert.equal(await page.evaluate(() => window.shell.last.interrupted), 1);
  await page.context().close();
});

test("several terminals run at once, each with a session", async () => {
  const page = await open();
  await type(page, "kubectl get pods -w");
  await page.getByRole("button", { name: "New terminal" }).click();
  await type(page, "ls");
  await answer(page, "in the second\n", 0);
  assert.deepEqual(await page.evaluate(() => window.shell.runs.map(({ session }) => session)), ["1", "2"]);
  await page.getByRole("tab", { name: "Terminal 1 (running)" }).click();
  await page.evaluate(() => window.shell.runs[0].output("stdout", "in the first\n"));
  await page.getByText("in the first").waitFor();
  assert.equal(await page.getByText("in the second").isVisible(), false);
  await page.getByRole("button", { name: "Close this terminal" }).click();
  assert.equal(await page.evaluate(() => window.shell.closed), "1");
  await page.getByText("in the second").waitFor();
  await page.context().close();
});

test("watch replaces what it has shown, progress overwrites its line", async () => {
  const page = await open();
  await type(page, "watch date");
  await answer(page, "\u001b[H\u001b[Jfirst\n");
  await answer(page, "\u001b[H\u001b[Jsecond\n10%\r20%");
  const text = await log(page).innerText();
  assert.doesNotMatch(text, /first|10%/);
  assert.match(text, /second\n20%/);
  await page.context().close();
});

test("a command is copied with one click", async () => {
  const page = await open();
  await type(page, "kubectl get pods");
  await answer(page, "", 0);
  await log(page).getByRole("button", { name: "Copy" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "kubectl get pods");
  await page.context().close();
});

test("long output is bounded and stays fast", async () => {
  const page = await open();
  await type(page, "seq 100000");
  const longest = await page.evaluate(async () => {
    let worst = 0;
    for (let batch = 0; batch < 100; batch++) {
      let text = "";
      for (let n = 0; n < 1000; n++) {
        text += `line ${batch * 1000 + n} of a long output\n`;
      }
      window.shell.last.output("stdout", text);
      const began = performance.now();
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      worst = Math.max(worst, performance.now() - began);
    }
    window.shell.last.end(0);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return worst;
  });
  const shown = await page.evaluate(
    () => document.querySelector(".terminal-output").textContent.split("\n").length,
  );
  assert.ok(shown > 9_000 && shown <= 10_001, `${shown} lines are kept`);
  assert.match(
    await log(page).textContent(),
    /9\d{4} earlier lines are left out\.[\s\S]*line 99999 of a long output/,
  );
  assert.ok(longest < 3_000, `a frame of 1000 lines took ${Math.round(longest)} ms`);
  await page.context().close();
});

for (const theme of ["light", "dark"]) {
  test(`no accessibility faults in the ${theme} theme`, async () => {
    const page = await open({ theme });
    await type(page, "kubectl get pods");
    await answer(
      page,
      "\u001b[31mred \u001b[32mgreen \u001b[33myellow \u001b[34mblue \u001b[35mmagenta \u001b[36mcyan \u001b[30mblack\u001b[0m\nweb   3/3\n",
      1,
    );
    await page.evaluate(() => {
      window.shell.completions = {
        replace: 0,
        candidates: [
          { text: "a", description: "" },
          { text: "b", description: "" },
        ],
      };
    });
    await field(page).fill("x ");
    await field(page).press("Tab");
    await page.getByRole("button", { name: "b", exact: true }).waitFor();
    if (process.env.PICTURES !== undefined) {
      await page.screenshot({ path: path.join(process.env.PICTURES, `terminal-${theme}.png`) });
    }
    await page.evaluate(axe);
    const faults = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    });
    assert.deepEqual(faults, []);
    await page.context().close();
  });
}

test("the panel speaks Chinese", async () => {
  const page = await open({ language: "zh" });
  assert.equal(await page.getByRole("textbox", { name: "命令" }).count(), 1);
  await page.evaluate(() => window.terminal.localize(window.panel.texts.en));
  assert.equal(await page.getByRole("textbox", { name: "Command" }).count(), 1);
  await page.context().close();
});
