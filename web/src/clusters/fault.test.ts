import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Absence, FileRefused, NotRunning } from "../client/errors.ts";
import { LANGUAGES, loadText } from "../language/language.ts";
import type { ArchiveFault } from "../protocol/storage.ts";
import { LinkTooLong } from "../storage/desk.ts";
import { ClusterError, type ClusterFault } from "../storage/faults.ts";
import { LinkError, type LinkFault } from "../storage/link.ts";
import { sayFault, sayLinkFault } from "./fault.ts";

const FAULTS: readonly ClusterFault[] = ["exists", "open", "name", "unkept"];
const ABSENCES: readonly Absence[] = ["restarted", "closed", "taken", "ended"];
const LINK_FAULTS: readonly LinkFault[] = ["version", "damaged", "large"];

const FILE_FAULTS: readonly ArchiveFault[] = [
  "large",
  "cutOff",
  "foreign",
  "newer",
  "altered",
  "invalid",
  "unreadable",
];

function fileRefused(fault: ArchiveFault, at = ""): FileRefused {
  return new FileRefused("for a program", { fault, at });
}

const errors: readonly unknown[] = [
  ...FAULTS.map((fault) => new ClusterError(fault, "mine")),
  ...ABSENCES.map((reason) => new NotRunning(reason)),
  ...LINK_FAULTS.map((fault) => new LinkError(fault, "for a program")),
  new LinkTooLong(70_000),
  ...FILE_FAULTS.map((fault) => fileRefused(fault)),
  new DOMException("for a program", "QuotaExceededError"),
  new Error("something else"),
];

test("whatever goes wrong with a cluster is a sentence of its own in each language", async () => {
  for (const language of LANGUAGES) {
    const text = await loadText(language);
    const said = errors.map((error) => sayFault(error, text));
    assert.equal(new Set(said).size, errors.length, language);
    for (const sentence of said) {
      assert.equal(/\p{Script=Han}/u.test(sentence), language === "zh", sentence);
      assert.doesNotMatch(sentence, /for a program/);
    }
  }
});

test("what is wrong with a link, or with the file in it, is a sentence of its own in each language", async () => {
  const refused = [
    ...LINK_FAULTS.map((fault) => new LinkError(fault, "for a program")),
    ...FILE_FAULTS.map((fault) => fileRefused(fault)),
  ];
  for (const language of LANGUAGES) {
    const text = await loadText(language);
    const said = refused.map((error) => sayLinkFault(error, text));
    assert.equal(new Set(said).size, refused.length, language);
    for (const sentence of said) {
      assert.equal(/\p{Script=Han}/u.test(sentence), language === "zh", sentence);
      assert.doesNotMatch(sentence, /for a program/);
    }
  }
});

test("the faults of a file are those that the engine tells of", async () => {
  const source = await readFile("../engine/controlplane/journal/fault.go", "utf8");
  const told = [...source.matchAll(/ArchiveFault = "(\w+)"/g)].map(([, fault]) => fault);
  assert.deepEqual(told, FILE_FAULTS);
});

test("a sentence names the cluster, the length, and what is wrong with a file", async () => {
  const text = await loadText("zh");
  assert.match(sayFault(new ClusterError("open", "mine"), text), /“mine”/);
  assert.match(sayFault(new LinkTooLong(70_000), text), /70,000/);
  assert.match(sayFault(fileRefused("invalid", "history[3]"), text), /“history\[3\]”/);
  assert.match(sayFault(fileRefused("unreadable", "/registry/pods/x"), text), /“\/registry\/pods\/x”/);
  assert.match(sayFault("odd", text), /odd$/);
});
