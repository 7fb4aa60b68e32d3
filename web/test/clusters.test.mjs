import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { accessibilityFaults } from "./axe.mjs";
import { apply, BOOT_TIMEOUT, get, manifest, openPage, settle, typeYaml, untilReady } from "./harness.mjs";

const PODS = "/api/v1/namespaces/default/pods";
const UIDS = (list) => list.items.map(({ metadata }) => metadata.uid).sort();

/** One context for all: its clusters are those of one browser. */
let page;
let context;

before(async () => {
  const first = await openPage({ cluster: "one", storage: "indexeddb", rate: "10" });
  context = first.context();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  page = first;
});

after(() => page.close());

/** Waits for the page that a change of clusters leads to. */
async function arrived(cluster) {
  await page.waitForURL((url) => url.searchParams.get("cluster") === cluster);
  await untilReady(page);
  assert.equal(await page.evaluate(() => window.tabernetes.clusters.current), cluster);
}

/** Without those that the page has named after a revision. */
const list = async () =>
  (await page.evaluate(() => window.tabernetes.clusters.list())).filter((name) => !/^one-\d+$/.test(name));

async function exported() {
  return page.evaluate(async () => (await window.tabernetes.export()).text());
}

/** Without what may differ between two files of one state: that leaves the checksum. */
function withoutStamp(text) {
  return text.replace(/"exported":"[^"]*"/, "");
}

/** Where the contents of two files begin to differ. */
function difference(got, want) {
  const begin = got.indexOf('"content"');
  let at = begin;
  while (at < got.length && got[at] === want[at]) {
    at++;
  }
  return `got …${got.slice(at - 80, at + 80)}…, want …${want.slice(at - 80, at + 80)}…`;
}

test("what is exported and imported is exported again byte for byte", async () => {
  await typeYaml(page, manifest({ replicas: 3, tag: "v2" }));
  await page.getByRole("button", { name: "Apply", exact: false }).first().click();
  await page.getByText("deployment/image-deployment created").waitFor();
  await settle(page);
  await page.evaluate(() => window.tabernetes.run("echo kept > notes.txt"));
  await page.evaluate(() => window.tabernetes.clock.pause());
  const first = await exported();
  assert.match(first, /notes\.txt/);
  assert.match(first, /image-deployment/);

  // Something else runs when the file comes.
  await page.evaluate(() => window.tabernetes.clock.resume());
  await page.evaluate(() => window.tabernetes.kubectl(["delete", "deployment", "image-deployment"]));
  await page.evaluate(() => window.tabernetes.run("rm notes.txt"));
  await settle(page);
  await page.evaluate(() => window.tabernetes.clock.pause());
  await page.evaluate((text) => window.tabernetes.import(new Blob([text])), first);
  const again = await exported();
  assert.notEqual(again, first, "the time stamp is another");
  assert.ok(
    withoutStamp(again) === withoutStamp(first),
    difference(withoutStamp(again), withoutStamp(first)),
  );
  assert.match((await page.evaluate(() => window.tabernetes.run("cat notes.txt"))).stdout, /kept/);
  await page.evaluate(() => window.tabernetes.clock.resume());
  await settle(page);
  assert.equal((await get(page, PODS)).items.length, 3);
});

test("a file that is cut, altered or hostile is refused whole", async () => {
  const whole = await exported();
  const before = await get(page, PODS);
  const { last } = await page.evaluate(() => window.tabernetes.history.revisions());
  const refused = (text) =>
    page.evaluate(
      (text) =>
        window.tabernetes.import(new Blob([text])).then(
          () => "taken",
          (error) => error.message,
        ),
      text,
    );
  assert.match(await refused(whole.slice(0, whole.length / 2)), /it is cut off/);
  assert.match(await refused(whole.replace("image-deployment", "image-deploiment")), /altered or damaged/);
  assert.match(await refused('{"format":"other"}'), /no cluster file/);
  assert.match(await refused("[]"), /read cluster file/);
  assert.match(await refused(""), /cut off/);
  assert.match(await refused(whole.replace(/"version":\d+/, '"version":99')), /newer Tabernetes/);
  // Its checksum is right, its contents no store could have held.
  const hostile = await page.evaluate(async (text) => {
    const forge = async (change) => {
      const content = JSON.stringify(change(JSON.parse(text).content));
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
      const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return JSON.stringify({ ...JSON.parse(text), sha256: hex, content: "CONTENT" }).replace(
        '"CONTENT"',
        () => content,
      );
    };
    return Promise.all([
      forge((content) => ({ ...content, objects: [{ ...content.objects[0], key: "/registry/../etc" }] })),
      forge((content) => ({
        ...content,
        objects: [{ ...content.objects[0], object: { kind: "Nonsense" } }],
      })),
      forge((content) => ({ ...content, objects: [...content.objects, ...content.objects] })),
      forge((content) => ({ ...content, revision: 1 })),
    ]);
  }, whole);
  for (const text of hostile) {
    assert.match(await refused(text), /read cluster file/);
  }
  assert.equal((await page.evaluate(() => window.tabernetes.history.revisions())).first <= last, true);
  assert.deepEqual(UIDS(await get(page, PODS)), UIDS(before), "the running cluster is untouched");
});

test("a revision becomes a cluster of its own", async () => {
  const { last } = await page.evaluate(() => window.tabernetes.history.revisions());
  const before = UIDS(await get(page, PODS));
  await page.evaluate(() =>
    window.tabernetes.kubectl(["scale", "deployment", "image-deployment", "--replicas=1"]),
  );
  await settle(page);
  await page.evaluate((revision) => window.tabernetes.history.fork(revision, "forked"), last);
  assert.deepEqual(await list(), ["forked", "one"]);
  await assert.rejects(
    page.evaluate((revision) => window.tabernetes.history.fork(revision, "forked"), last),
    /there is one of that name/,
  );
  await assert.rejects(
    page.evaluate((revision) => window.tabernetes.history.fork(revision, "a/b"), last),
    /no name for a cluster/,
  );
  assert.equal((await get(page, PODS)).items.length, 1, "this one goes on");
  await page.evaluate(() => window.tabernetes.clusters.open("forked"));
  await arrived("forked");
  assert.deepEqual(UIDS(await get(page, PODS)), before);
  assert.match(await page.getByRole("textbox", { name: "YAML editor" }).textContent(), /nginx:v2/);
  await page.evaluate(() => window.tabernetes.clusters.open("one"));
  await arrived("one");
  assert.equal((await get(page, PODS)).items.length, 1);

  // The same from the timeline: before the last change.
  await page.locator('svg.drawing g.box[aria-label^="Deployment image-deployment"]').click();
  await page.getByRole("tab", { name: "Timeline" }).click();
  await page.locator(".timeline-slider").focus();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: "Fork into a new cluster" }).click();
  await page.waitForURL((url) => /^one-\d+$/.test(url.searchParams.get("cluster")));
  await untilReady(page);
  const { items } = await get(page, "/apis/apps/v1/namespaces/default/deployments");
  assert.equal(items.length, 1);
  await page.evaluate(() => window.tabernetes.clusters.open("one"));
  await arrived("one");
});

test("clusters are made, renamed, duplicated, deleted and switched in the dialog", async () => {
  const dialog = page.getByRole("dialog", { name: "Clusters in this browser" });
  const row = (name) => dialog.locator(`[data-cluster="${name}"]`);
  await page.getByRole("button", { name: "Clusters" }).click();
  await row("one").getByText("open here").waitFor();
  await dialog.getByText(/stored of about/).waitFor();
  await page.emulateMedia({ reducedMotion: "reduce" }); // a colour on its way from one theme to the other is neither's
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => {
      document.documentElement.dataset.theme = theme;
    }, theme);
    assert.deepEqual(await accessibilityFaults(page), [], theme);
  }

  await row("forked").getByRole("button", { name: "Duplicate" }).click();
  await row("forked").getByRole("textbox", { name: "Name" }).fill("copied");
  await row("forked").locator("button[type=submit]").click();
  await row("copied").waitFor();

  await row("forked").getByRole("button", { name: "Rename" }).click();
  await row("forked").getByRole("textbox", { name: "Name" }).fill("second");
  await row("forked").locator("button[type=submit]").click();
  await row("second").waitFor();
  assert.deepEqual(await list(), ["copied", "one", "second"]);

  // Deleting is asked about first.
  await row("copied").getByRole("button", { name: "Delete" }).click();
  await row("copied").getByRole("button", { name: "Cancel" }).click();
  await row("copied").getByRole("button", { name: "Delete" }).click();
  await row("copied").getByRole("button", { name: "Delete for good" }).click();
  await row("copied").waitFor({ state: "detached" });
  assert.deepEqual(await list(), ["one", "second"]);

  // The one that runs, too.
  await row("one").getByRole("button", { name: "Rename" }).click();
  await row("one").getByRole("textbox", { name: "Name" }).fill("first");
  await row("one").locator("button[type=submit]").click();
  await arrived("first");
  assert.equal((await get(page, PODS)).items.length, 1);
  assert.deepEqual(await list(), ["first", "second"]);

  await page.getByRole("button", { name: "Clusters" }).click();
  await dialog.getByRole("button", { name: "New cluster" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("third");
  await dialog.getByRole("button", { name: "Create and open" }).click();
  await arrived("third");
  assert.deepEqual((await get(page, PODS)).items, []);
  assert.match(await page.getByRole("textbox", { name: "YAML editor" }).textContent(), /nginx:v1/);

  await page.getByRole("button", { name: "Clusters" }).click();
  await row("third").getByRole("button", { name: "Delete" }).click();
  await row("third").getByRole("button", { name: "Delete for good" }).click();
  await arrived("first");
  assert.deepEqual(await list(), ["first", "second"]);
  assert.deepEqual(page.faults, []);
});

test("a file is exported and imported as a cluster of its own, and YAML for a real cluster is exported", async () => {
  await page.getByRole("button", { name: "Clusters" }).click();
  const dialog = page.getByRole("dialog", { name: "Clusters in this browser" });
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "first.tabernetes.json");
  const file = await readFile(await download.path());

  const yamlDownload = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "YAML for a real cluster" }).click();
  const yaml = await readFile(await (await yamlDownload).path(), "utf8");
  assert.match(yaml, /kind: Deployment/);
  assert.doesNotMatch(yaml, /uid|status:|resourceVersion|kind: (Pod|ReplicaSet)\n/);

  const upload = (name, buffer) =>
    dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer });
  await upload("broken.json", file.subarray(0, 2000));
  await dialog.getByText(/it is cut off/).waitFor();
  assert.deepEqual(await list(), ["first", "second"]);
  await upload("my cluster.tabernetes.json", file);
  await arrived("my-cluster");
  assert.equal((await get(page, PODS)).items.length, 1);

  // Applied to a cluster where nothing is, the YAML makes the Deployment again.
  await page.evaluate(() => window.tabernetes.clusters.open("empty"));
  await arrived("empty");
  const applied = await page.evaluate((yaml) => window.tabernetes.apply(yaml), yaml);
  assert.deepEqual(
    applied.map(({ kind, name, result, warnings }) => [kind, name, result, warnings]),
    [["Deployment", "image-deployment", "created", []]],
  );
  await settle(page);
  assert.equal((await get(page, PODS)).items.length, 1);
});

test("a link carries a cluster, and what is no such link is refused in words", async () => {
  await page.getByRole("button", { name: "Clusters" }).click();
  await page.getByRole("button", { name: "Copy a link" }).click();
  await page.getByText(/Copied: a link of/).waitFor({ timeout: BOOT_TIMEOUT });
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#cluster=1\.[A-Za-z0-9_-]+$/);
  const before = UIDS(await get(page, PODS));

  const go = async (address) => {
    await page.goto("about:blank");
    await page.goto(address);
  };
  await go(link);
  await page.waitForURL((url) => url.searchParams.get("cluster") === "shared" && url.hash === "", {
    timeout: BOOT_TIMEOUT,
  });
  await untilReady(page);
  assert.deepEqual(UIDS(await get(page, PODS)), before);
  await page.reload();
  await arrived("shared");
  assert.deepEqual(UIDS(await get(page, PODS)), before, "it is kept as a cluster of its own");

  const clusters = await list();
  await go(link.slice(0, -200));
  await page.getByText("The link is cut off or altered").waitFor();
  await go(link.replace("#cluster=1.", "#cluster=7."));
  await page.getByText("made by another version of this page").waitFor();
  await go(`${link.slice(0, link.indexOf("#"))}#cluster=1.%3Cscript%3E`);
  await page.getByText("The link is cut off or altered").waitFor();
  // Whole, but no cluster.
  const nonsense = await page.evaluate(async () => {
    const stream = new Blob(['{"format":"x"}']).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    return btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  });
  await go(`${link.slice(0, link.indexOf("#"))}#cluster=1.${nonsense}`);
  await page
    .getByText(/holds no cluster that this page can open: .*no cluster file/)
    .waitFor({ timeout: BOOT_TIMEOUT });
  await untilReady(page);
  assert.deepEqual(
    (await list()).filter((name) => name !== "default"),
    clusters.filter((name) => name !== "default"),
    "nothing came to be of them",
  );
  assert.deepEqual(page.faults, []);
});

test("a cluster that is too large for a link is offered as a file", async () => {
  let state = 1;
  const noise = () =>
    Array.from({ length: 8000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return String.fromCharCode(97 + ((state >>> 16) % 26));
    }).join("");
  const large = Array.from(
    { length: 12 },
    (_, index) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large-${index}}\ndata: {noise: ${noise()}}\n`,
  );
  await apply(page, large.join("---\n"));
  await page.getByRole("button", { name: "Clusters" }).click();
  await page.getByRole("button", { name: "Copy a link" }).click();
  const message = page.locator(".clusters-message");
  await message.getByText(/too large for a link .* Export a file instead/).waitFor();
});

test("what goes wrong is said in the language of the page", async () => {
  await page.keyboard.press("Escape");
  await page.locator(".header-actions select").selectOption("zh");
  await page.getByRole("button", { name: "集群", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "此浏览器中的集群" });
  const message = dialog.locator(".clusters-message");
  await dialog.getByRole("button", { name: "复制链接" }).click();
  await message.getByText(/此集群太大，放不进链接（[\d,]+ 个字符）/).waitFor();
  const broken = { name: "broken.json", mimeType: "application/json", buffer: Buffer.from("{}") };
  await dialog.locator("input[type=file]").setInputFiles(broken);
  await message
    .getByText(/文件中没有此页面能打开的集群，未做任何更改：不是 Tabernetes 的集群文件。/)
    .waitFor();
  // Made meanwhile by another page.
  await page.evaluate(async () => {
    const { last } = await window.tabernetes.history.revisions();
    await window.tabernetes.history.fork(last, "meanwhile");
  });
  await dialog.getByRole("button", { name: "新建集群" }).click();
  await dialog.getByRole("textbox", { name: "名称" }).fill("meanwhile");
  await dialog.getByRole("button", { name: "创建并打开" }).click();
  await message.getByText("已有名为“meanwhile”的集群。请换一个名称。").waitFor();
  assert.deepEqual(page.faults, []);
});
