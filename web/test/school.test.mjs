/** Packages for schools' systems, in a page that plays the system's part: SCORM by scorm-again, and a learning record store. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { unzipSync } from "fflate";
import { BOOT_TIMEOUT, openPage, untilReady } from "./harness.mjs";
import { packageFaults } from "./manifests.mjs";
import { serveStatic } from "./static.mjs";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const LESSON = "undo";
const COURSE = "all of them";
/** Most that SCORM 1.2 lets a package keep. */
const MOST_SUSPENDED = 4096;

/** What the system's page knows of a version: the runtime's script, its class, and where the interface has to be. */
const VERSIONS = {
  1.2: {
    script: "scorm12.min.js",
    api: "API",
    create: "Scorm12API",
    set: "LMSSetValue",
    error: "LMSGetLastError",
    terminate: "LMSFinish",
    score: "cmi.core.score.raw",
    status: "cmi.core.lesson_status",
    location: "cmi.core.lesson_location",
    time: "cmi.core.session_time",
  },
  2004: {
    script: "scorm2004.min.js",
    api: "API_1484_11",
    create: "Scorm2004API",
    set: "SetValue",
    error: "GetLastError",
    terminate: "Terminate",
    score: "cmi.score.raw",
    status: "cmi.completion_status",
    location: "cmi.location",
    time: "cmi.session_time",
  },
};

let folder;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tabernetes-school-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a package of a lesson, or of the course, and returns its bytes. */
function makePackage(version, name, lesson = LESSON) {
  const out = path.join(folder, name);
  const site = file("../../.cache/static");
  const options = ["--site", site, "--version", version, "--out", out];
  if (lesson !== COURSE) {
    options.push("--lesson", lesson);
  }
  execFileSync(process.execPath, [file("../packages.mjs"), ...options]);
  const zip = readFileSync(out);
  rmSync(out);
  return zip;
}

function unpack(zip, name) {
  const target = path.join(folder, name);
  for (const [entry, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(path.dirname(path.join(target, entry)), { recursive: true });
    writeFileSync(path.join(target, entry), bytes);
  }
  return target;
}

/** The system's page: its interface remembers what it is told, and the package is in a frame. */
const systemPage = ({ script, api, create, set, error, terminate }) => `<!doctype html><html lang="en">
<title>A school</title><script src="/system/${script}"></script><script>
  const api = new ${create}({ autocommit: false, logLevel: 5 });
  api.loadFromFlattenedJSON(JSON.parse(sessionStorage.getItem("kept") ?? "{}"));
  globalThis.told = {};
  globalThis.refused = [];
  globalThis.ended = 0;
  const set = api.${set}.bind(api);
  api.${set} = (element, value) => {
    const answer = set(element, value);
    if (answer !== "true") refused.push(element + ": " + api.${error}());
    told[element] = value;
    return answer;
  };
  const terminate = api.${terminate}.bind(api);
  api.${terminate} = (value) => { ended++; return terminate(value); };
  globalThis.${api} = api;
</script><body><iframe name="package" style="width: 1300px; height: 700px"></iframe></body></html>`;

/** Serves a package, the system and a learning record store, which collects statements. */
async function serveSchool(target, version) {
  const statements = [];
  const site = await serveStatic({
    folder: target,
    answer(pathname, request, response) {
      if (pathname === "/system.html") {
        response.writeHead(200, { "Content-Type": "text/html" }).end(systemPage(VERSIONS[version]));
        return true;
      }
      if (pathname === `/system/${VERSIONS[version].script}`) {
        const script = file(`../node_modules/scorm-again/dist${pathname.slice("/system".length)}`);
        response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(script));
        return true;
      }
      if (pathname === "/store/statements") {
        request
          .setEncoding("utf8")
          .toArray()
          .then((parts) => {
            statements.push({ headers: request.headers, body: JSON.parse(parts.join("")) });
            response.writeHead(200, { "Content-Type": "application/json" }).end("[]");
          });
        return true;
      }
      return false;
    },
  });
  return { ...site, statements };
}

/** The addresses with which the manifest has the package opened, by the names of its items. */
function launchesOf(target) {
  const manifest = readFileSync(path.join(target, "imsmanifest.xml"), "utf8");
  const [, href] = /<resource [^>]*href="([^"]*)"/.exec(manifest) ?? [];
  const items = manifest.matchAll(/<item identifier="([^"]*)"[^>]*parameters="([^"]*)"/g);
  return new Map([...items].map(([, name, parameters]) => [name, href + parameters]));
}

/** Opens a lesson of the package in the system's page, which has kept what an earlier one was told. */
async function openPackage(site, target, { lesson = LESSON, kept = {}, query = {} } = {}) {
  const page = await openPage({}, { url: `${site.url}system.html`, wait: false });
  page.setDefaultTimeout(BOOT_TIMEOUT);
  await page.evaluate((kept) => sessionStorage.setItem("kept", JSON.stringify(kept)), kept);
  await page.reload();
  const launch = launchesOf(target).get(`lesson.${lesson}`);
  const address = `/${launch}&${new URLSearchParams({ lang: "en", rate: "20", ...query })}`;
  await page.evaluate((address) => {
    document.querySelector("iframe").src = address;
  }, address);
  const frame = page.frame({ name: "package" });
  await frame.waitForURL((url) => url.pathname === "/index.html");
  await untilReady(frame);
  return { page, frame };
}

const reaches = (frame, step, progress) =>
  frame.locator(`.step[data-step="${step}"][data-progress="${progress}"]`).waitFor({ state: "attached" });

async function run(frame, lines) {
  for (const line of lines) {
    const { code, stderr } = await frame.evaluate((line) => window.tabernetes.run(line), line);
    assert.equal(code, 0, stderr);
  }
}

/** In the last step: two predictions, of which the second does not come true. */
async function predict(frame) {
  await frame.locator(".lesson-place").selectOption({ label: "3. Back to the first" });
  for (const [question, guess] of [
    ["What number will the newest revision have", "4"],
    ["how many ReplicaSets", "9"],
  ]) {
    const form = frame.locator(".question-form", { hasText: question });
    await form.getByRole("spinbutton").fill(guess);
    await form.getByRole("button", { name: "That is my prediction" }).click();
    await form.getByText("Noted.").waitFor();
  }
}

const readLessons = (name) => JSON.parse(readFileSync(file(`../dist/lessons/${name}.json`), "utf8"));
const SOLUTION = readLessons(`${LESSON}/solution`);

/** Closes the frame, as a system does, and returns what the system was told. */
async function leave(page, version) {
  await page.evaluate(() => document.querySelector("iframe").remove());
  const { told, refused, ended } = await page.evaluate(() => ({ told, refused, ended }));
  assert.deepEqual(refused, []);
  assert.equal(ended, 1);
  assert.match(told[VERSIONS[version].time], version === "2004" ? /^PT\d+S$/ : /^\d\d:\d\d:\d\d$/);
  assert.ok(told["cmi.suspend_data"].length <= MOST_SUSPENDED);
  assert.deepEqual(page.faults, []);
  await page.close();
  return told;
}

/** What a system keeps: all but what only ends a session. */
const keptOf = (told) =>
  Object.fromEntries(Object.entries(told).filter(([element]) => !/session_time|exit$/.test(element)));

for (const version of Object.keys(VERSIONS)) {
  test(`SCORM ${version}: a lesson goes on where it was left, and score and completion arrive`, {
    timeout: 3 * BOOT_TIMEOUT,
  }, async () => {
    const names = VERSIONS[version];
    const target = unpack(makePackage(version, `${version}.zip`), version);
    const site = await serveSchool(target, version);
    try {
      const first = await openPackage(site, target);
      await reaches(first.frame, "three", "open");
      await run(first.frame, SOLUTION.three);
      await reaches(first.frame, "back", "open");
      await predict(first.frame);
      const half = await leave(first.page, version);
      assert.equal(half[names.status], "incomplete");
      assert.equal(half[names.score], "25");
      assert.equal(half[names.location], "back");

      const second = await openPackage(site, target, {
        kept: keptOf(half),
        query: {
          endpoint: `${site.url}store`,
          auth: "Basic c2Nob29s",
          actor: JSON.stringify({ mbox: "mailto:learner@school.example" }),
          registration: "6f1b3a0e-0d0c-4d52-8a07-0d5b8c1e7c11",
          activity_id: "https://school.example/undo",
        },
      });
      await reaches(second.frame, "three", "passed");
      await reaches(second.frame, "back", "open");
      await run(second.frame, SOLUTION.back);
      await reaches(second.frame, "back", "passed");
      await second.frame.getByText("You have done this lesson").waitFor();
      await second.frame.getByText("1 of 2 predictions came true.").waitFor();
      const whole = await leave(second.page, version);
      assert.equal(whole[names.status], "completed");
      assert.equal(whole[names.score], "75");
      if (version === "2004") {
        assert.equal(whole["cmi.score.scaled"], "0.75");
        assert.equal(whole["cmi.success_status"], "passed");
      }
      verifyStatements(site.statements);
    } finally {
      site.close();
      rmSync(target, { recursive: true });
    }
  });
}

/**
 * Lessons of the course in the order in which a class opens them, how many of their steps it
 * passes before it leaves, and what the system knows then: a point for each step and for
 * each prediction, of which the class makes none.
 */
const VISITS = [
  { lesson: "bad-image", steps: 1, status: "incomplete", score: 25 },
  { lesson: "quota", steps: 0, status: "incomplete", score: 0 },
  { lesson: "bad-image", steps: 2, status: "completed", score: 50 },
];

// What differs between the versions is in the tests above: of the second one visit is enough.
for (const [version, visits] of [
  ["1.2", VISITS],
  ["2004", VISITS.filter(({ lesson }) => lesson === "quota")],
]) {
  test(`SCORM ${version}: in a package of the course each lesson has a record of its own`, {
    timeout: 5 * BOOT_TIMEOUT,
  }, async () => {
    const names = VERSIONS[version];
    const zip = makePackage(version, `course-${version}.zip`, COURSE);
    assert.deepEqual(packageFaults(version, unzipSync(zip)), []);
    const target = unpack(zip, `course-${version}`);
    const course = readLessons("index").filter(({ course }) => course === "rollouts");
    assert.deepEqual(
      [...launchesOf(target).keys()],
      course.map(({ id }) => `lesson.${id}`),
    );
    const site = await serveSchool(target, version);
    /** By lesson, what the system keeps. */
    const kept = {};
    try {
      for (const { lesson, steps, status, score } of visits) {
        const { page, frame } = await openPackage(site, target, { lesson, kept: kept[lesson] });
        await play(frame, lesson, steps);
        const told = await leave(page, version);
        assert.deepEqual([told[names.status], told[names.score]], [status, String(score)], lesson);
        assert.equal(JSON.parse(told["cmi.suspend_data"]).id, lesson);
        kept[lesson] = keptOf(told);
      }
    } finally {
      site.close();
      rmSync(target, { recursive: true });
    }
  });
}

/** Passes the first steps of a lesson, of which some may have been passed before. */
async function play(frame, lesson, most) {
  const solution = readLessons(`${lesson}/solution`);
  const { steps } = readLessons(`${lesson}/lesson`);
  for (const [place, { id }] of steps.entries()) {
    const progress = frame.locator(
      `.step[data-step="${id}"]:is([data-progress=open], [data-progress=passed])`,
    );
    if (place === most) {
      await reaches(frame, id, "open");
      return;
    }
    await progress.waitFor({ state: "attached" });
    if ((await progress.getAttribute("data-progress")) === "open") {
      await run(frame, solution[id]);
      await reaches(frame, id, "passed");
    }
  }
}

test("what a system keeps of any lesson, with all predictions and hints, is within its limit", async () => {
  const entryPoints = [file("../src/school/standing.ts")];
  const [{ text }] = buildSync({ entryPoints, bundle: true, format: "esm", write: false }).outputFiles;
  const { suspend, resume } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  for (const { id } of readLessons("index")) {
    const { steps } = readLessons(`${id}/lesson`);
    const entries = steps.flatMap(({ id: step, questions = [] }) =>
      questions.map(({ id: question, options = ["1000000"] }) => [`${step}/${question}`, options]),
    );
    const record = {
      id,
      variant: "the name of a variant",
      begun: true,
      passed: steps.map(({ id: step }) => step),
      moments: {},
      guesses: Object.fromEntries(entries),
      answers: Object.fromEntries(entries),
      hints: Object.fromEntries(steps.map(({ id: step }) => [step, 9])),
      found: {},
    };
    const kept = suspend(record);
    assert.ok(kept.length <= MOST_SUSPENDED, `${id}: ${kept.length}`);
    assert.deepEqual(resume(kept)?.guesses, record.guesses, id);
  }
});

/** Each thing was told once, and what an earlier session has told was not told again. */
function verifyStatements(requests) {
  const all = requests.flatMap(({ body }) => body);
  const told = all.map(({ verb, object, result }) =>
    [verb.display["en-US"], new URL(object.id).hash, result?.success ?? result?.score?.raw]
      .filter((part) => part !== undefined && part !== "")
      .join(" "),
  );
  assert.deepEqual(told.sort(), [
    "answered #/back/number true",
    "answered #/back/sets false",
    "completed 75",
    "initialized",
    "passed #/back true",
  ]);
  for (const { headers } of requests) {
    assert.equal(headers.authorization, "Basic c2Nob29s");
    assert.equal(headers["x-experience-api-version"], "1.0.3");
  }
  for (const { id, actor, context } of all) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(actor, { mbox: "mailto:learner@school.example" });
    assert.equal(context.registration, "6f1b3a0e-0d0c-4d52-8a07-0d5b8c1e7c11");
  }
}

test("a package is the same each time, and a store that it does not allow is told nothing", async () => {
  const zip = makePackage("1.2", "again.zip");
  assert.ok(zip.equals(makePackage("1.2", "once-more.zip")));
  const target = unpack(zip, "again");
  const site = await serveSchool(target, "1.2");
  const endpoint = "https://elsewhere.example/store/";
  const page = await openPage({ lesson: LESSON, endpoint, actor: "{}" }, { url: site.url, wait: false });
  try {
    await page.getByText("not allowed by this package").waitFor();
    assert.deepEqual(page.faults, []);
  } finally {
    await page.close();
    site.close();
  }
});
