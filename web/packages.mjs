/**
 * Makes of the folder for static hosts a package for a school's system: the course or one
 * lesson, as SCORM 1.2 or SCORM 2004 (4th edition) has it. The same files give the same bytes.
 *
 *   node packages.mjs --site DIRECTORY --version 1.2|2004 --out FILE [--lesson ID] [--stores ORIGINS]
 *
 * Each lesson is one of the package's objects and reports for itself. A page may send
 * statements of the Experience API to the package's own origin; others, with spaces
 * between them, have to be allowed here (RATIONALE.md).
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { filesIn, SPARE } from "./folder.mjs";
import { manifestOf } from "./manifest.mjs";
import { zipOf } from "./zip.mjs";

/** What only a site of its own needs: pages for frames and for hosts. */
const NOT_NEEDED =
  /^(embed|frame|policy|oembed|guide|en\/|zh\/|sw\.js|keeper\.js|files\.json|manifest\.|icon-|parts\/frame-|_headers|\.)/;
/** The course of all lessons. */
const COURSE = { id: "rollouts", title: "Kubernetes rollouts with Tabernetes" };

const { values } = parseArgs({
  options: {
    site: { type: "string" },
    version: { type: "string" },
    out: { type: "string" },
    lesson: { type: "string" },
    stores: { type: "string" },
  },
});
const { site, version, out } = values;
const stores = (values.stores ?? "").split(/\s+/).filter(Boolean).map(originOf);

const catalogue = JSON.parse(await readFile(path.join(site, "lessons/index.json"), "utf8"));
const lessons = catalogue.filter(({ id, course }) =>
  values.lesson === undefined ? course === COURSE.id : id === values.lesson,
);
if (lessons.length === 0) {
  throw new Error(`package: there is no lesson ${JSON.stringify(values.lesson)}`);
}

const files = {};
for (const name of (await filesIn(site)).filter(isNeeded)) {
  files[name] = await readFile(path.join(site, name));
}
files["lessons/index.json"] = Buffer.from(JSON.stringify(lessons));
files["index.html"] = Buffer.from(withSchool(files["index.html"].toString("utf8")));
const manifest = manifestOf(version, {
  id: `tabernetes.${values.lesson ?? COURSE.id}`,
  title: values.lesson === undefined ? COURSE.title : lessons[0].titles.en,
  lessons: lessons.map(({ id, titles }) => ({ id, title: titles.en })),
  files: Object.keys(files).sort(),
});
const zip = zipOf(Object.entries({ "imsmanifest.xml": Buffer.from(manifest), ...files }));
await mkdir(path.dirname(out), { recursive: true });
await writeFile(out, zip);
process.stdout.write(`${out}: ${lessons.length} lessons, ${(zip.length / 1e6).toFixed(1)} MB\n`);

/** The pages of all lessons are in the folder; a package has those of its own. */
function isNeeded(name) {
  const [folder, id, file] = name.split("/");
  const isOther = folder === "lessons" && file !== undefined && !lessons.some((lesson) => lesson.id === id);
  return !NOT_NEEDED.test(name) && !SPARE.test(name) && !isOther;
}

/** The page, which looks for the system that opens it and may send statements to the stores. */
function withSchool(page) {
  const root = `<html data-school data-record-stores="${stores.join(" ")}"`;
  const policy = ["connect-src 'self'", ...stores].join(" ");
  // Nothing of a package is kept by the browser.
  const unkept = page.replace(/ data-build="[^"]*"/, "");
  const changed = unkept.replace("<html", root).replace("connect-src 'self'", policy);
  if (!changed.includes(root) || !changed.includes(policy)) {
    throw new Error("package: index.html is not the page that is expected");
  }
  return changed;
}

function originOf(text) {
  const { origin } = new URL(text);
  if (origin === "null" || origin !== text) {
    throw new Error(`package: ${JSON.stringify(text)} is not an origin such as https://store.example`);
  }
  return origin;
}
