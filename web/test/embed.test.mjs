/** A playground in pages of another site: the element, the frame alone, and what both refuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import {
  collectEvents,
  eventsOf,
  frameOf,
  REPLICAS,
  ROLLED_OUT,
  ROLLOUT,
  rollOut,
  serveHosts,
} from "./embedding.mjs";
import { BOOT_TIMEOUT, manifest, openPage } from "./harness.mjs";
import { servePages } from "./hostpages.mjs";

const LIMIT = { timeout: BOOT_TIMEOUT };

const hosts = serveHosts();
const { openHost } = hosts;

test(
  "a page of another site with a strict policy: the poster, a click, the rollout by its interface",
  LIMIT,
  async () => {
    const page = await openHost(
      `<tabernetes-playground id="a" rate="10" panes="diagram,editor,timeline"><script type="application/yaml">
      ${manifest({ replicas: 2 }).replaceAll("\n", "\n      ")}
    </script></tabernetes-playground>`,
      { strict: true, before: collectEvents },
    );
    const frame = await frameOf(page);
    assert.match(await frame.locator(".poster-object").innerText(), /Deployment\s+image-deployment\s+2 pods/);
    // Nothing but the poster has been loaded.
    assert.equal(page.workers().length, 0);
    await frame.getByRole("button", { name: "Start" }).click();
    await frame.locator("[data-type=pod].state-ready").nth(1).waitFor();
    assert.match(await frame.locator(".status-storage").innerText(), /memory/i);
    assert.equal(await frame.locator(".dock [role=tab]:visible").count(), 1);
    assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
    await frame
      .locator("[data-type=pod].state-ready")
      .nth(REPLICAS - 1)
      .waitFor();
    const [ready] = await eventsOf(page, "ready");
    assert.match(ready.detail.version.kubernetes, /^v1\./);
    assert.ok((await eventsOf(page, "change")).length > 0);

    // kubectl, an error of the API server's, a watch that is given up.
    const outcome = await page.evaluate(async () => {
      const { api } = document.getElementById("a");
      const version = await api.kubectl(["get", "deploy", "-o", "name"]);
      const rejection = await api.apply("kind: Nothing\napiVersion: v1\n").catch((error) => error);
      const stop = new AbortController();
      const watch = await api.fetch("/api/v1/pods?watch=1", { signal: stop.signal });
      const first = await watch.body.getReader().read();
      stop.abort();
      return { version, name: rejection.name, results: rejection.results.length, done: first.done };
    });
    assert.deepEqual(outcome, {
      version: { code: 0, stdout: "deployment.apps/image-deployment\n", stderr: "" },
      name: "ApplyRejection",
      results: 1,
      done: false,
    });
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test(
  "a frame that is sandboxed with allow-scripts alone runs in memory, says so, and finds nothing stored",
  LIMIT,
  async () => {
    const page = await openHost(
      '<tabernetes-playground id="a" sandbox="allow-scripts" start="auto" panes="diagram terminal" lang="zh"></tabernetes-playground>',
      { before: collectEvents },
    );
    const frame = await frameOf(page);
    assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
    assert.equal(await frame.locator(".status-storage").innerText(), "仅在内存中");
    assert.equal(await frame.evaluate(() => self.origin), "null");
    const { stdout } = await page.evaluate(() =>
      document.getElementById("a").api.run("kubectl get pods -o name | wc -l"),
    );
    assert.equal(stdout.trim(), String(REPLICAS));
    assert.deepEqual(await eventsOf(page, "error"), []);
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);

test("where the browser refuses storage to other sites' frames it runs all the same", LIMIT, async () => {
  const page = await openHost('<tabernetes-playground id="a" start="auto"></tabernetes-playground>', {
    before: `(${collectEvents})(); (${refuseStorage})();`,
  });
  assert.deepEqual(await page.evaluate(rollOut, ROLLOUT), ROLLED_OUT);
  const frame = await frameOf(page);
  assert.match(await frame.locator(".status-storage").innerText(), /memory/i);
  assert.deepEqual(await eventsOf(page, "error"), []);
  assert.deepEqual(page.faults, []);
  await page.close();
});

/** In every page and frame: storage answers as in a frame of another site whose storage is blocked. */
function refuseStorage() {
  const refuse = () => {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  };
  for (const [owner, names] of [
    [globalThis, ["indexedDB", "localStorage", "sessionStorage", "caches"]],
    [Navigator.prototype, ["locks", "storage"]],
  ]) {
    for (const name of names) {
      Object.defineProperty(owner, name, { configurable: true, get: refuse });
    }
  }
}

test("three on one page: one runs, the others keep their state and go on when touched", LIMIT, async () => {
  const element = (id) =>
    `<tabernetes-playground id="${id}" height="300" panes="diagram"></tabernetes-playground>`;
  const page = await openHost(["a", "b", "c"].map(element).join("\n"), { before: collectEvents });
  for (const [index, id] of ["a", "b", "c"].entries()) {
    const frame = await frameOf(page, id);
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await frame.getByRole("button", { name: "Start" }).click();
    const replicas = index + 1;
    const [first, second] = ["v1", "v2"].map((tag) => manifest({ replicas, tag }));
    assert.deepEqual(await page.evaluate(rollOut, { id, first, second }), Array(replicas).fill("Running v2"));
    await frame.waitForFunction(
      (replicas) => document.querySelectorAll("[data-type=pod]").length === replicas,
      replicas,
    );
  }
  for (const id of ["a", "b"]) {
    await (await frameOf(page, id)).locator(".resting button").waitFor();
  }
  // Only one control plane is in memory.
  assert.equal(page.workers().length, 1);
  // By a click, and by a call.
  const second = await frameOf(page, "b");
  await page.locator("#b").scrollIntoViewIfNeeded();
  await second.locator(".resting button").click();
  await second.locator("[data-type=pod].state-ready").nth(1).waitFor();
  const pods = await page.evaluate(async () => {
    const { api } = document.getElementById("a");
    const { items } = await (await api.fetch("/api/v1/namespaces/default/pods")).json();
    return items.length;
  });
  assert.equal(pods, 1);
  for (const id of ["b", "c"]) {
    await (await frameOf(page, id)).locator(".resting button").waitFor();
  }
  assert.deepEqual(await eventsOf(page, "error"), []);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test(
  "hostile messages, malformed and oversized states, sources of others: refused with an error event",
  LIMIT,
  async () => {
    const evil = await servePages(hosts.site.url);
    const other = evil.page("").replace("localhost", "127.0.0.1");
    const page = await openHost(
      `<tabernetes-playground id="a" state="1.AAAA"></tabernetes-playground>
     <tabernetes-playground id="large" yaml="${"#".repeat(256 * 1024 + 1)}"></tabernetes-playground>
     <tabernetes-playground id="larger" state="1.${"A".repeat(64_001)}"></tabernetes-playground>
     <tabernetes-playground id="markup"></tabernetes-playground>
     <tabernetes-playground id="source" src="${other}evil.yaml"></tabernetes-playground>
     <tabernetes-playground id="nowhere" site="javascript:alert(1)"></tabernetes-playground>
     <iframe src="${hosts.site.url}embed.html?lang=en&host=${encodeURIComponent(new URL(hosts.host.page("")).origin)}"></iframe>
     <iframe src="${other}"></iframe>`,
      { before: collectEvents, origins: [new URL(hosts.site.url).origin, new URL(other).origin] },
    );
    const messageOf = async (id, wanted) => {
      await page.waitForFunction(
        ([id, wanted]) =>
          globalThis.events.some(
            ({ id: of, name, detail }) => of === id && name === "error" && detail.message.includes(wanted),
          ),
        [id, wanted],
      );
    };
    await messageOf("a", "The state cannot be opened");
    await messageOf("large", "yaml has more than");
    await messageOf("source", "is of another origin");
    await messageOf("nowhere", "needs a site");
    await messageOf("larger", "state has more than");
    await page.evaluate(() => {
      const evil = "<img src=x onerror=top.postMessage(1)><script>alert(1)</script>";
      const element = document.getElementById("markup");
      element.setAttribute("yaml", `kind: "${evil}"\nmetadata:\n  name: ${evil}\n`);
      element.setAttribute("panes", evil);
    });
    await messageOf("markup", 'panes="<img');
    const marked = await frameOf(page, "markup");
    assert.match(await marked.locator(".poster-object").innerText(), /<img src=x onerror=/);
    assert.equal(await marked.locator("img, script:not([src])").count(), 0);
    const frame = await frameOf(page);
    assert.match(await frame.locator(".poster-refused").innerText(), /cannot be opened/);

    // A window of a third origin reaches a frame that is not inside of an element.
    await page.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data: { name, detail } }) => globalThis.events.push({ id: "alone", name, detail });
      frames[0].postMessage({ tabernetes: "connect" }, "*", [port2]);
    });
    const hostile = page.frames().find((candidate) => candidate.url().startsWith(other));
    await hostile.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      globalThis.heard = [];
      port1.onmessage = ({ data }) => globalThis.heard.push(data);
      parent.frames[0].postMessage({ tabernetes: "connect" }, "*", [port2]);
      port1.postMessage({ type: "call", id: 1, name: "reset", arguments: [] });
    });
    await messageOf("alone", "it may not connect");
    await page.evaluate(() => {
      const { contentWindow } = document.getElementById("a").shadowRoot.querySelector("iframe");
      contentWindow.postMessage({ tabernetes: "connect" }, "*", [new MessageChannel().port2]);
    });
    await messageOf("a", "a second one");
    assert.deepEqual(await hostile.evaluate(() => globalThis.heard), []);

    // Through the port of a frame alone: what is no message.
    await page.evaluate(
      (address) => {
        const frame = document.createElement("iframe");
        frame.src = address;
        addEventListener("message", ({ source, data }) => {
          if (source === frame.contentWindow && data?.tabernetes === "here") {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data: { name, detail } }) => {
              globalThis.events.push({ id: "port", name, detail });
            };
            source.postMessage({ tabernetes: "connect" }, "*", [port2]);
            for (const message of [
              1,
              { type: "constructor" },
              {
                type: "fetch",
                id: 1,
                method: "GET",
                path: "//evil.example/",
                headers: [["a", 1]],
                body: null,
              },
              { type: "call", id: "1", name: "reset", arguments: [] },
            ]) {
              port1.postMessage(message);
            }
          }
        });
        document.body.append(frame);
      },
      `${hosts.site.url}embed.html?lang=en&host=${encodeURIComponent(new URL(hosts.host.page("")).origin)}`,
    );
    await page.waitForFunction(
      () => globalThis.events.filter(({ id, name }) => id === "port" && name === "error").length === 4,
    );
    await messageOf("port", "refused a malformed message");

    // Calls that the interface does not have, and arguments that it does not take.
    const refused = await page.evaluate(async () => {
      const { api } = document.getElementById("a");
      const message = (promise) =>
        promise.then(
          () => "done",
          (error) => error.message,
        );
      return [
        await message(api.apply({ toString: "evil" })),
        await message(api.kubectl(["get", 1])),
        await message(api.clock.setRate("fast")),
        await message(api.import("text")),
      ];
    });
    assert.deepEqual(refused, [
      "yaml is not a string",
      "args[1] is not a string",
      "rate is not a number",
      "file is not a Blob",
    ]);
    const uncaught = page.faults.filter((fault) => !fault.includes("Content Security Policy"));
    assert.deepEqual(uncaught, []);
    await page.close();
    evil.close();
  },
);

test("a frame alone: a state from a link, read-only, without a page that may connect", LIMIT, async () => {
  const maker = await openPage({});
  await maker.evaluate((yaml) => window.tabernetes.apply(yaml), manifest({ replicas: 2 }));
  await maker.evaluate(() => window.tabernetes.clock.skip());
  const link = await maker.evaluate(() => window.tabernetes.clusters.link());
  await maker.close();
  const state = new URL(link).hash.replace("#cluster=", "");
  const page = await openHost(
    `<iframe id="frame" width="700" height="420" src="${hosts.site.url}embed.html?readonly&hide-hints&lang=en#state=${state}"></iframe>`,
  );
  const frame = await (await page.locator("#frame").elementHandle()).contentFrame();
  assert.match(await frame.locator(".poster-object").innerText(), /image-deployment\s+2 pods/);
  await frame.getByRole("button", { name: "Start" }).click();
  await frame.locator("[data-type=pod].state-ready").nth(1).waitFor();
  assert.equal(
    await frame.locator(".editor-actions:visible, .header-reset:visible, .file-buttons:visible").count(),
    0,
  );
  const editor = frame.getByRole("textbox", { name: "YAML editor" });
  await editor.click();
  await page.keyboard.type("nonsense");
  assert.doesNotMatch(await editor.innerText().catch(() => editor.inputValue()), /nonsense/);
  await frame.locator("[data-type=head]").first().click();
  await frame.locator(".details-title").waitFor();
  assert.equal(await frame.locator(".actions:visible").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test(
  "axe finds nothing in the element, the poster and what runs, in both themes and languages; the host's theme is followed",
  LIMIT,
  async () => {
    const page = await openHost(
      `<tabernetes-playground id="a" height="auto" lang="en"><script type="application/yaml">${manifest({ replicas: 2 })}</script></tabernetes-playground>`,
      { before: collectEvents, reducedMotion: "reduce" },
    );
    for (const lang of ["en", "zh"]) {
      await page.evaluate((lang) => document.getElementById("a").setAttribute("lang", lang), lang);
      await page.waitForFunction(
        (lang) =>
          document.getElementById("a").shadowRoot.querySelector("iframe")?.src.includes(`lang=${lang}`),
        lang,
      );
      const frame = await frameOf(page);
      await frame.locator(".poster-object").waitFor();
      for (const running of [false, true]) {
        for (const theme of ["light", "dark"]) {
          await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
          await frame.locator(`:root[data-theme=${theme}]`).waitFor();
          assert.deepEqual(await accessibilityFaults(frame), [], `${lang}, ${theme}, running: ${running}`);
          assert.deepEqual(await accessibilityFaults(page, "tabernetes-playground"), []);
        }
        if (!running) {
          await frame.locator(".poster-start button").click();
          await frame.locator("[data-type=pod].state-ready").first().waitFor();
        }
      }
    }
    const heights = (await eventsOf(page, "resize")).map(({ detail }) => detail.height);
    const height = await page.evaluate(
      () => document.getElementById("a").shadowRoot.querySelector("iframe").clientHeight,
    );
    assert.ok(
      heights.length > 0 && Math.abs(height - heights.at(-1)) <= 2,
      `heights ${heights}, of the frame ${height}`,
    );
    assert.deepEqual(page.faults, []);
    await page.close();
  },
);
