/**
 * The examples, built by their generators, with the site under test in place of
 * site.example: in each the seed's rollout runs, and no request goes anywhere else.
 * What is not installed here is skipped, and said so.
 *
 *   node --test test/sites.test.mjs      GENERATORS=astro,hugo for some of them
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ROLLED_OUT, ROLLOUT, rollOut } from "../../test/embedding.mjs";
import { BOOT_TIMEOUT, openPage } from "../../test/harness.mjs";
import { serveStatic } from "../../test/static.mjs";

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const BIN = path.join(here, "node_modules/.bin");
/** Building a site takes most of the time. */
const LIMIT = { timeout: 3 * BOOT_TIMEOUT };

/** How each builds: the command, where the site is afterwards, and what is copied beside the example. */
const GENERATORS = {
  astro: { command: [path.join(BIN, "astro"), "build"], out: "dist" },
  docusaurus: { command: [path.join(BIN, "docusaurus"), "build"], out: "build" },
  vitepress: { command: [path.join(BIN, "vitepress"), "build"], out: ".vitepress/dist" },
  hugo: { command: ["hugo", "--quiet"], out: "public", beside: [["hugo/layouts", "layouts"]] },
  mkdocs: {
    command: ["mkdocs", "build", "--quiet", "--strict"],
    out: "site",
    beside: [["python/tabernetes.py", "tabernetes.py"]],
  },
  sphinx: {
    command: ["sphinx-build", "-q", "-W", ".", "built"],
    out: "built",
    beside: [["python/tabernetes.py", "tabernetes.py"]],
  },
  reveal: { command: undefined, out: ".", beside: [["node_modules/reveal.js/dist", "dist"]] },
};

const wanted = process.env.GENERATORS?.split(",") ?? Object.keys(GENERATORS);

let site;

before(async () => {
  site = process.env.SITE === undefined ? await serveStatic() : { url: process.env.SITE, close() {} };
});
after(() => site?.close());

/** Whether a command is there. */
function isInstalled([program]) {
  return path.isAbsolute(program)
    ? existsSync(program)
    : spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** Builds an example and returns the folder of its site. */
function build(name) {
  const { command, out, beside = [] } = GENERATORS[name];
  const folder = path.join(here, ".sites", name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(here, "examples", name), folder, { recursive: true });
  for (const [from, to] of beside) {
    cpSync(path.join(here, from), path.join(folder, to), { recursive: true, dereference: true });
  }
  for (const file of readdirSync(path.join(here, "examples", name), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (file.isFile()) {
      const copy = path.join(
        folder,
        path.relative(path.join(here, "examples", name), file.parentPath),
        file.name,
      );
      writeFileSync(copy, readFileSync(copy, "utf8").replaceAll("https://site.example/", site.url));
    }
  }
  if (command !== undefined) {
    const [program, ...options] = command;
    const { status, stdout, stderr } = spawnSync(program, options, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", NO_UPDATE_NOTIFIER: "1" },
    });
    assert.equal(status, 0, `${program} ${options.join(" ")}: ${stdout}\n${stderr}`);
  }
  return path.join(folder, out);
}

for (const name of wanted) {
  const { command } = GENERATORS[name];
  const isMissing = command !== undefined && !isInstalled(command);
  test(`${name}: the example is built, and its playground rolls out`, {
    ...LIMIT,
    skip: isMissing && `${command[0]} is not installed`,
  }, async () => {
    const folder = build(name);
    const host = await serveStatic({ folder, headers: { "Content-Security-Policy": "" } });
    const page = await openPage({}, { wait: false, url: host.url, origins: [new URL(site.url).origin] });
    try {
      await page.waitForFunction(() => customElements.get("tabernetes-playground") !== undefined);
      if (name === "reveal") {
        await page.keyboard.press("ArrowRight");
      } else {
        const lessons = await page.evaluate(() =>
          [...document.querySelectorAll("tabernetes-playground")].map((element) =>
            element.getAttribute("lesson"),
          ),
        );
        assert.deepEqual(lessons.slice(0, 2), ["rolling-update", null]);
      }
      await page.evaluate(() => {
        const element = [...document.querySelectorAll("tabernetes-playground")].find(
          (candidate) => !candidate.hasAttribute("lesson"),
        );
        element.id = "a";
        element.scrollIntoView();
        // A reader who is not shown the element has a link.
        if (!element.querySelector("a").href.startsWith("http")) {
          throw new Error("no link");
        }
      });
      // The manifest of the example is what it starts with, whole.
      const note = await page.evaluate(async () => {
        const { api } = document.getElementById("a");
        const response = await api.fetch("/apis/apps/v1/namespaces/default/deployments/web");
        const { metadata } = await response.json();
        await api.kubectl(["delete", "deployment", "web"]);
        return metadata.annotations?.note;
      });
      assert.equal(note, name === "reveal" ? undefined : "<b>{{ braces }}</b> & `ticks`");
      assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.close();
      host.close();
    }
  });
}
