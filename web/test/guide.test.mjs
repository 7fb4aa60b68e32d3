/** The site's own pages: their links, what axe finds, the first page's cluster, and what a reader copies. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { BOOT_TIMEOUT, openPage } from "./harness.mjs";
import { SIZES } from "./looks.mjs";
import { serveStatic } from "./static.mjs";
import { smallTargets } from "./targets.mjs";

const LIMIT = { timeout: BOOT_TIMEOUT };
const LANGUAGES = ["en", "zh"];
const PAGES = ["index", "learn", "teachers", "authors", "embedding", "hosting"];
const ALL = LANGUAGES.flatMap((language) => PAGES.map((name) => `${language}/${name}.html`));

let site;
before(async () => {
  site = process.env.SITE === undefined ? await serveStatic() : { url: process.env.SITE, close() {} };
});
after(() => site?.close());

/** A page of the guide; with `motion`, its cluster starts by itself. */
const openGuide = (name, { motion = false, ...options } = {}) =>
  openPage(
    {},
    { wait: false, url: site.url + name, reducedMotion: motion ? "no-preference" : "reduce", ...options },
  );

test(
  "every link within the site leads to a file that is there, every anchor to a heading",
  LIMIT,
  async () => {
    const page = await openGuide("en/index.html");
    const idsOf = new Map();
    const links = [];
    for (const name of ALL) {
      await page.goto(site.url + name);
      const { ids, addresses, language } = await page.evaluate(() => ({
        ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
        addresses: [...document.querySelectorAll("[href], [src]")].map(({ href, src }) => href ?? src),
        language: document.documentElement.lang,
      }));
      assert.equal(language, name.startsWith("zh") ? "zh-Hans" : "en");
      idsOf.set(name, ids);
      links.push(...addresses.map((address) => ({ name, address })));
    }
    const inside = links.filter(({ address }) => address.startsWith(site.url));
    assert.ok(inside.length > 300, `${inside.length} links`);
    const statuses = new Map();
    for (const { name, address } of inside) {
      const { pathname, hash } = new URL(address);
      const file = pathname.slice(1);
      if (!statuses.has(file)) {
        statuses.set(file, (await fetch(site.url + file)).status);
      }
      assert.equal(statuses.get(file), 200, `${name} links to ${address}`);
      if (hash !== "" && idsOf.has(file)) {
        assert.ok(idsOf.get(file).includes(hash.slice(1)), `${name} links to ${address}`);
      }
    }
    // The lessons that the playground lists, and no other.
    const lessons = await (await fetch(`${site.url}lessons/index.json`)).json();
    for (const language of LANGUAGES) {
      const listed = inside
        .filter(({ name, address }) => name === `${language}/learn.html` && address.includes("lesson="))
        .map(({ address }) => new URL(address).searchParams.get("lesson"));
      assert.deepEqual([...new Set(listed)].sort(), lessons.map(({ id }) => id).sort());
    }
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test(
  "axe finds nothing on any page, in both themes; every target has 24 pixels; no page is wider than its window",
  LIMIT,
  async () => {
    const page = await openGuide("en/index.html");
    for (const name of ALL) {
      await page.goto(site.url + name);
      for (const viewport of SIZES) {
        await page.setViewportSize(viewport);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${name} is ${over} px wider than ${viewport.width}`);
        assert.deepEqual(await smallTargets(page), [], `${name}, ${viewport.width}`);
      }
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await accessibilityFaults(page), [], `${name}, ${colorScheme}`);
      }
    }
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

/** In the page and in its frame, before their scripts: what is said and drawn for the first time, and when. */
function traceHero() {
  const root = globalThis.top;
  root.trace ??= [];
  const see = (what) => {
    if (!root.trace.some((entry) => entry.what === what)) {
      const milliseconds = performance.timeOrigin + performance.now() - root.performance.timeOrigin;
      root.trace.push({ what, milliseconds: Math.round(milliseconds) });
    }
  };
  const look = () => {
    for (const pod of document.querySelectorAll("[data-type=pod]")) {
      const [state] =
        /Pending|ContainerCreating|Running|Terminating/.exec(pod.getAttribute("aria-label")) ?? [];
      if (state !== undefined) {
        see(`drawn: ${state}`);
      }
    }
    const said = document.querySelector(".hero-bar:not([hidden], .waiting) .hero-status")?.textContent;
    if (said) {
      see(`said: ${said}`);
    }
    if (document.querySelector(".poster.gone") !== null) {
      see("the poster is gone");
    }
  };
  const options = { subtree: true, childList: true, characterData: true, attributes: true };
  addEventListener("DOMContentLoaded", () => new MutationObserver(look).observe(document.body, options));
}

/** What the first page says, in the order in which it must. */
const SAID = {
  en: [
    /^The cluster is ready/,
    /^The Deployment makes 4 Pods.* 0 of 4 answer/,
    /^The Deployment makes 4 Pods.* 2 of 4 answer/,
    /^All 4 Pods run nginx:1\.28\. Next .* nginx:1\.29/,
    /^[0-3] of 4 Pods have nginx:1\.29/,
    /^Done: all Pods run nginx:1\.29\. At every moment at least 3 of 4 answered/,
  ],
  zh: [
    /^集群已就绪/,
    /^Deployment 创建 4 个 Pod.*4 个中有 0 个/,
    /^Deployment 创建 4 个 Pod.*4 个中有 2 个/,
    /^4 个 Pod 都已运行 nginx:1\.28。.* nginx:1\.29/,
    /^4 个 Pod 中已有 [0-3] 个是 nginx:1\.29/,
    /^完成：.*nginx:1\.29。其间任何时刻，4 个中至少有 3 个/,
  ],
};

for (const language of LANGUAGES) {
  test(
    `the first page's rollouts begin by themselves, are seen from the first Pod on, and complete (${language})`,
    LIMIT,
    async (context) => {
      const page = await openGuide(`${language}/index.html`, { motion: true, before: traceHero });
      const done = SAID[language].at(-1);
      await page.locator(".poster.gone").waitFor({ state: "attached" });
      // What goes by itself goes by four times as fast.
      await page.evaluate(() => document.querySelector("tabernetes-playground").api.clock.setRate(4));
      const status = page.locator(".hero-status");
      await status.filter({ hasText: done }).waitFor();
      const trace = await page.evaluate(() => globalThis.trace);
      for (const { what, milliseconds } of trace) {
        context.diagnostic(`${milliseconds} ms: ${what}`);
      }
      const placeOfEntry = (pattern) => trace.findIndex(({ what }) => pattern.test(what));
      const said = SAID[language].map((pattern) =>
        placeOfEntry(new RegExp(`^said: ${pattern.source.slice(1)}`)),
      );
      assert.ok(!said.includes(-1), `said ${said}`);
      assert.deepEqual(
        said,
        [...said].sort((one, other) => one - other),
      );
      // Nothing of the first version's start goes by unseen.
      const [creating, running] = [
        placeOfEntry(/^drawn: ContainerCreating/),
        placeOfEntry(/^drawn: Running/),
      ];
      assert.ok(creating >= 0 && creating < running, `drawn ${creating}, ${running}`);
      assert.ok(placeOfEntry(/^the poster is gone/) < running);
      const { items } = await page.evaluate(async () => {
        const { api } = document.querySelector("tabernetes-playground");
        return (await api.fetch("/api/v1/namespaces/default/pods")).json();
      });
      // A Deployment does not count those that are on their way out.
      assert.deepEqual(
        items
          .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
          .map(({ spec, status }) => `${status.phase} ${spec.containers[0].image}`),
        Array(4).fill("Running nginx:1.29"),
      );
      assert.equal(await page.locator(".poster.gone").count(), 1);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await accessibilityFaults(page), [], colorScheme);
      }
      // A version that does not exist, and out of it.
      const [, broken, undo] = await page.locator(".hero-offers button").all();
      assert.equal(await undo.isVisible(), false);
      await broken.click();
      await status.filter({ hasText: "nginx:1.92" }).waitFor();
      assert.match(
        await page.locator(".hero-command").innerText(),
        /^kubectl set image deployment\/web nginx=nginx:1\.92$/,
      );
      await undo.click();
      await status.filter({ hasText: done }).waitFor();
      assert.deepEqual(page.faults, []);
      await page.close();
    },
  );
}

test("who wants less motion, or to save data, starts it with a click", LIMIT, async () => {
  const saving = () =>
    Object.defineProperty(Navigator.prototype, "connection", { get: () => ({ saveData: true }) });
  for (const options of [{}, { motion: true, before: saving }]) {
    const page = await openGuide("en/index.html", options);
    const frame = page.frameLocator("#hero iframe");
    const start = frame.getByRole("button", { name: "Start" });
    await start.waitFor();
    assert.match(await frame.locator(".poster-object").innerText(), /Deployment\s+web\s+4 pods/);
    assert.equal(page.workers().length, 0);
    assert.equal(await page.locator("main .poster").count(), 0);
    if (options.motion) {
      await start.click();
      await page
        .locator(".hero-status")
        .filter({ hasText: /nginx:1\.29/ })
        .waitFor();
    }
    assert.deepEqual(page.faults, []);
    await page.close();
  }
});

test(
  "what is copied has this site's address; the table has what the element has; the embed is live",
  LIMIT,
  async () => {
    const page = await openGuide("en/embedding.html", { permissions: ["clipboard-read", "clipboard-write"] });
    const codes = await page.locator("pre > code").allInnerTexts();
    assert.ok(codes.some((text) => text.startsWith(`<script async src="${site.url}embed.js"></script>`)));
    assert.ok(codes.some((text) => text.includes(`remarkPlugins: [[tabernetes, { site: "${site.url}" }]]`)));
    assert.deepEqual(
      codes.filter((text) => text.includes("site.example")),
      [],
    );
    await page.locator(".copy").first().click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), codes[0]);
    const explained = await page.locator("#attributes + p + .scroll tbody th").allInnerTexts();
    const observed = await page.evaluate(
      () => customElements.get("tabernetes-playground").observedAttributes,
    );
    assert.deepEqual([...explained].sort(), [...observed, "alongside"].sort());
    await page.frameLocator("tabernetes-playground iframe").getByRole("button", { name: "Start" }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test("without scripts the pages are read all the same", LIMIT, async () => {
  const page = await openGuide("en/index.html", { javaScriptEnabled: false });
  await page.locator(".poster .drawn").waitFor();
  assert.equal(await page.locator(".hero-bar:visible").count(), 0);
  assert.match(await page.locator("#paths + .cards").innerText(), /Learn/);
  await page.close();
});
