import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { FilesError, readArchive, readChosen, readSource } from "./files.ts";
import { MOST_BYTES, MOST_FILES, readLessonFiles } from "./kept.ts";

const LESSON = { "lesson.yaml": strToU8("course: a\n"), "lesson.en.md": strToU8("# 你好\n") };

const rejects = (promise: Promise<unknown>, fault: string) =>
  assert.rejects(promise, (error) => error instanceof FilesError && error.fault === fault);

test("an archive with a folder in it, and one without", async () => {
  const inFolder = zipSync({ "my-lesson": LESSON, "README.md": strToU8("x"), __MACOSX: LESSON });
  assert.deepEqual(await readArchive(inFolder, "download.zip"), {
    id: "my-lesson",
    files: { "lesson.yaml": "course: a\n", "lesson.en.md": "# 你好\n" },
  });
  const { id, files } = await readArchive(
    zipSync({ ...LESSON, wrong: { "typo.sh": strToU8("x") } }),
    "quota.zip",
  );
  assert.equal(id, "quota");
  assert.deepEqual(Object.keys(files).sort(), ["lesson.en.md", "lesson.yaml", "wrong/typo.sh"]);
});

test("a folder and single files that were chosen", async () => {
  const file = (path: string, text: string) =>
    Object.defineProperty(new File([text], path.split("/").at(-1) ?? ""), "webkitRelativePath", {
      value: path,
    });
  const chosen = [
    file("quota/lesson.yaml", "a"),
    file("quota/.git/config", "b"),
    file("quota/wrong/x.sh", "c"),
  ];
  assert.deepEqual(await readChosen(chosen), {
    id: "quota",
    files: { "lesson.yaml": "a", "wrong/x.sh": "c" },
  });
  const archive = new File([zipSync(LESSON) as BlobPart], "one.ZIP");
  assert.equal((await readChosen([archive])).id, "one");
});

test("what leaves its folder is left out, and what is no lesson is refused", async () => {
  const outside = zipSync({ ...LESSON, "../evil.yaml": strToU8("x"), "a\\..\\b": strToU8("x") });
  assert.deepEqual(Object.keys((await readArchive(outside, "a.zip")).files).sort(), [
    "lesson.en.md",
    "lesson.yaml",
  ]);
  await rejects(readArchive(zipSync({ "README.md": strToU8("x") }), "a.zip"), "plan");
  await rejects(readArchive(strToU8("no archive"), "a.zip"), "archive");
  await rejects(readArchive(zipSync({ ...LESSON, "a.yaml": Uint8Array.of(0xff, 0xfe) }), "a.zip"), "text");
});

test("an archive that unfolds to too much, or to too many, is refused before it is unpacked", async () => {
  await rejects(readArchive(zipSync({ ...LESSON, "a.yaml": new Uint8Array(MOST_BYTES) }), "a.zip"), "large");
  const many = Object.fromEntries(
    Array.from({ length: MOST_FILES }, (_, index) => [`${index}.yaml`, strToU8("x")]),
  );
  await rejects(readArchive(zipSync({ ...LESSON, ...many }), "a.zip"), "large");
});

test("an address of another origin is not asked", async () => {
  for (const source of ["https://evil.example/a.zip", "//evil.example/a.zip", "data:application/zip,x"]) {
    await rejects(readSource(source, new URL("https://site.example/")), "foreign");
  }
});

test("of kept files only texts within the bounds are read again", () => {
  const kept = { id: "quota", files: { "lesson.yaml": "a" } };
  assert.deepEqual(readLessonFiles({ ...kept, more: 1 }), kept);
  for (const value of [null, {}, { id: 1 }, { id: "a", files: { a: 1 } }]) {
    assert.equal(readLessonFiles(value), undefined, JSON.stringify(value));
  }
  assert.equal(readLessonFiles({ id: "a", files: { a: "x".repeat(MOST_BYTES + 1) } }), undefined);
});
