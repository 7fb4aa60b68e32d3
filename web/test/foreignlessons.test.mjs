/**
 * Lessons from outside of the site: from a folder, from an archive, dropped, from an
 * address and in a frame; what is wrong with one, and one that means harm.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { strToU8, zipSync } from "fflate";
import { accessibilityFaults } from "./axe.mjs";
import { collectEvents, eventsOf, frameOf, serveHosts } from "./embedding.mjs";
import { get, openPage, untilReady } from "./harness.mjs";
import { begun, goOn, openLesson, passed, step, type, WORDS } from "./learner.mjs";
import { smallTargets } from "./targets.mjs";

const TEMPLATE = fileURLToPath(new URL("../../lessons/template/lesson/", import.meta.url));
const HOSTILE = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../lessons/testdata/hostile.json", import.meta.url)), "utf8"),
);

/** The template, with some of its files replaced; in English only, for a translation has one more file. */
function lesson(changes = {}) {
  const names = readdirSync(TEMPLATE, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && entry.name !== "lesson.zh.md"
      ? [path.relative(TEMPLATE, path.join(entry.parentPath, entry.name))]
      : [],
  );
  const files = Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(TEMPLATE, name), "utf8")]),
  );
  return { ...files, ...changes };
}

/** A zip archive with the files in a folder. */
function archive(files, folder = "my-lesson") {
  const entries = Object.entries(files).map(([name, text]) => [`${folder}/${name}`, strToU8(text)]);
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}

const zip = (files, name = "my-lesson.zip") => ({
  name,
  mimeType: "application/zip",
  buffer: Buffer.isBuffer(files) ? files : archive(files),
});

/** A lesson that its author has to repair, with each problem's place. */
const FAULTY = {
  ...lesson(),
  "lesson.yaml": lesson()["lesson.yaml"].replace("rolledOut('web')\n", "rolledOut('web'\n"),
  "lesson.en.md": lesson()["lesson.en.md"].replace("{#scale}", "{#scales}"),
  "unused.yaml": "kind: Pod\n",
};

const folder = mkdtempSync(path.join(tmpdir(), "tabernetes-lesson-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Serves archives beside the site's own files. */
const served = (files) =>
  Object.entries(files).map(([name, body]) => [
    `**/${name}`,
    (route) => route.fulfill({ body, contentType: "application/zip" }),
  ]);

const choose = async (page, button, files) => {
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).click();
  await (await choosing).setFiles(files);
};

/** Opens the overview of the lessons, in the learner's own cluster. */
async function openOverview(query, options) {
  const page = await openPage(query, options);
  page.setDefaultTimeout(60_000);
  await page.locator("#tab-lesson").click();
  await page.locator(".lesson-opening").waitFor();
  return page;
}

/** Does both steps of the template. */
async function doLesson(page, words) {
  await begun(page, "make");
  await step(page, "make").getByRole("button", { name: words.run, exact: true }).first().click();
  await passed(page, "make");
  await goOn(page, words);
  await step(page, "scale").getByRole("spinbutton").fill("1");
  await step(page, "scale").getByRole("button", { name: words.guess }).click();
  await type(page, "kubectl scale deployment web --replicas=5");
  await step(page, "scale").locator(".wrong-way").waitFor();
  await type(page, "kubectl scale deployment web --replicas=3");
  await passed(page, "scale");
  await step(page, "scale").getByText(words.right).waitFor();
}

test("a folder opens in a cluster of its own, keeps its progress there, and is there after a reload", async () => {
  const directory = path.join(folder, "my-lesson");
  for (const [name, text] of Object.entries(lesson())) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  const page = await openOverview({ storage: "indexeddb", rate: 20 });
  await choose(page, "Open a folder", directory);
  await page.waitForURL(/cluster=files\.my-lesson/);
  await untilReady(page);
  await doLesson(page, WORDS.en);
  await page.getByText("You have done this lesson").waitFor();
  await page.getByRole("button", { name: "All lessons" }).click();
  await page.getByRole("heading", { name: "Opened in this cluster" }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("tabernetes:lessons")), null);
  await page.waitForTimeout(1000); // the last record is written
  await page.reload();
  await untilReady(page);
  await page.getByText("You have done this lesson").waitFor();

  // A copy of its cluster is nobody's lesson.
  await page.getByRole("button", { name: "Try things in a copy of this cluster" }).click();
  await page.waitForURL(/cluster=sandbox/);
  await untilReady(page);
  assert.equal((await get(page, "/apis/apps/v1/namespaces/default/deployments/web")).spec.replicas, 3);
  await page.locator("#tab-lesson").click();
  await page.locator(".lesson-opening").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Opened in this cluster" }).count(), 0);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("what cannot be opened says why; problems are listed with their places, in both languages", async () => {
  const page = await openOverview({}, { reducedMotion: "reduce" });
  const notice = page.locator(".lessons > .lesson-notice");
  const large = archive({ ...lesson(), "web.yaml": " ".repeat(5 << 20) });
  for (const [file, message] of [
    [zip(Buffer.from("no archive"), "a.zip"), "a.zip is no zip archive"],
    [zip({ "README.md": "" }), "none of the folders has a file lesson.yaml"],
    [zip(large, "large.zip"), "at most 200 files with 4 MB"],
    [zip(Buffer.from(zipSync({ "lesson.yaml": Uint8Array.of(255, 254) }))), "lesson.yaml cannot be read"],
  ]) {
    await choose(page, "Open a zip archive", file);
    await notice.getByText(message).waitFor();
  }

  await choose(page, "Open a zip archive", zip(FAULTY));
  const problems = page.locator(".lesson-problems");
  await problems.waitFor();
  const places = await problems.locator(".lesson-problem-place").allTextContents();
  const of = (file) => places.filter((place) => place.startsWith(file));
  assert.ok(
    of("lesson.yaml").some((place) => /line \d+, column \d+/.test(place)),
    String(places),
  );
  assert.ok(of("lesson.en.md").length > 0, String(places));
  assert.ok(of("unused.yaml").length === 1, String(places));
  assert.match(await problems.locator("summary").textContent(), new RegExp(`^${places.length} problems`));
  assert.equal(await page.getByRole("button", { name: /begin the lesson here/ }).count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement?.matches(".lesson-review h2")));
  assert.deepEqual(await accessibilityFaults(page, ".work"), []);
  assert.deepEqual(await smallTargets(page), []);
  await page.getByRole("combobox", { name: "Language" }).selectOption("zh");
  await page.locator(".lesson-problems summary", { hasText: `这一课有 ${places.length} 个问题` }).waitFor();
  await page.getByText("改正之前无法开始这一课。").waitFor();

  // A page that stores nothing has no other cluster: the lesson takes the place of this one's objects.
  await page.evaluate(() => window.tabernetes.clock.setRate(20));
  const unused = archive({ ...lesson(), "unused.yaml": "kind: Pod\n" }, "Meine 1. Lektion");
  await dropFiles(page, [zip(unused)]);
  await page.getByText("尽管如此，仍然可以开始这一课。").waitFor();
  await page.getByRole("button", { name: "删除本集群的内容，就在这里开始" }).click();
  await doLesson(page, WORDS.zh);
  await page.locator(".lesson-problems summary").waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});

/** Drops files onto the panel of the lessons, as from the desktop. */
async function dropFiles(page, files) {
  const transfer = await page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files) {
        transfer.items.add(new File([Uint8Array.from(bytes)], name));
      }
      return transfer;
    },
    files.map(({ name, buffer }) => ({ name, bytes: [...buffer] })),
  );
  for (const event of ["dragover", "drop"]) {
    await page.dispatchEvent(".lessons", event, { dataTransfer: transfer });
  }
}

test("src= opens an archive of this origin with the machines that it asks for, and no other", async () => {
  const start = "start:\n  nodes:\n    - {name: only}\n  time: 2026-03-02T08:00:00Z\n";
  const machines = { ...lesson(), "lesson.yaml": lesson()["lesson.yaml"].replace("start:\n", start) };
  const page = await openLesson(
    { src: "tutorials/my-lesson.zip", storage: "indexeddb", cluster: "" },
    { routes: served({ "my-lesson.zip": archive(machines) }) },
  );
  await begun(page, "make");
  const { items } = await get(page, "/api/v1/nodes");
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ["only"],
  );
  assert.match(items[0].metadata.creationTimestamp, /^2026-03-02T08:/);
  await page.getByRole("button", { name: "All lessons" }).click();
  await page.getByRole("button", { name: "The title of the lesson" }).click();
  await begun(page, "make");
  assert.deepEqual(page.faults, []);
  for (const [src, message] of [
    ["https://other.example/a.zip", "https://other.example/a.zip is of another origin"],
    ["tutorials/none.zip", "There is no lesson at /tutorials/none.zip"],
  ]) {
    const address = new URL(page.url());
    address.searchParams.set("src", src);
    await page.goto(address.href);
    await page.getByText(message).waitFor();
    await page.locator("[data-lesson=rolling-update]").waitFor();
  }
  assert.deepEqual(page.faults, []);
  await page.close();
});

test("a hostile lesson runs nothing, loads nothing and takes no name of the page's", async () => {
  const hostile = lesson()["lesson.en.md"].replace(
    "**Look for:**",
    `${HOSTILE.join("\n\n")}\n\n**Look for:**`,
  );
  const page = await openLesson(
    { src: "hostile.zip" },
    {
      routes: served({ "hostile.zip": archive({ ...lesson(), "lesson.en.md": hostile }) }),
      before: () => {
        globalThis.alert = () => {
          globalThis.ran = true;
        };
      },
    },
  );
  await page.locator(".lesson-problems summary").waitFor();
  const { ran, elements, ids } = await page.evaluate(() => {
    const shown = [...document.querySelectorAll(".lessons *")];
    return {
      ran: globalThis.ran === true,
      elements: shown.filter((one) =>
        one.matches("script, iframe, object, embed, svg script, base, link, style, form:not(.question-form)"),
      ).length,
      ids: [...document.querySelectorAll(".prose [id]")].filter(({ id }) => !id.startsWith("lesson-")).length,
    };
  });
  assert.deepEqual({ ran, elements, ids }, { ran: false, elements: 0, ids: 0 });
  assert.deepEqual(page.faults, []);
  await page.close();
});

const hosts = serveHosts();

test("a playground opens the archive of a lesson, and refuses one of another origin", async () => {
  const page = await hosts.openHost(
    `<tabernetes-playground id="a" start="auto" lang="en" rate="20" src="${hosts.site.url}a/my-lesson.zip"></tabernetes-playground>
     <tabernetes-playground id="b" lang="en" src="https://other.example/my-lesson.zip"></tabernetes-playground>`,
    { before: collectEvents, routes: served({ "a/my-lesson.zip": archive(lesson()) }) },
  );
  const frame = await frameOf(page);
  await begun(frame, "make");
  await step(frame, "make").getByRole("button", { name: "Run", exact: true }).click();
  await passed(frame, "make");
  const told = (await eventsOf(page, "check")).filter(({ detail }) => detail.passed);
  assert.deepEqual(
    told.map(({ detail }) => [detail.lesson, detail.step]),
    [["my-lesson", "make"]],
  );
  const refused = await frameOf(page, "b");
  await refused.locator(".poster-refused", { hasText: "is of another origin" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.close();
});
