import assert from "node:assert/strict";
import { test } from "node:test";
import { type Absence, FileRefused, NotRunning } from "../client/errors.ts";
import { LANGUAGES, textIn } from "../language/language.ts";
import { LinkTooLong } from "../storage/desk.ts";
import { ClusterError, type ClusterFault } from "../storage/faults.ts";
import { LinkError, type LinkFault } from "../storage/link.ts";
import { sayFault } from "./fault.ts";

const FAULTS: readonly ClusterFault[] = ["exists", "open", "name", "unkept"];
const ABSENCES: readonly Absence[] = ["restarted", "closed", "taken", "ended"];
const LINK_FAULTS: readonly LinkFault[] = ["version", "damaged", "large"];

const errors: readonly unknown[] = [
  ...FAULTS.map((fault) => new ClusterError(fault, "mine")),
  ...ABSENCES.map((reason) => new NotRunning(reason)),
  ...LINK_FAULTS.map((fault) => new LinkError(fault, "for a program")),
  new LinkTooLong(70_000),
  new FileRefused("read cluster file: it is cut off"),
  new DOMException("for a program", "QuotaExceededError"),
  new Error("something else"),
];

test("whatever goes wrong with a cluster is a sentence of its own in each language", () => {
  for (const language of LANGUAGES) {
    const said = errors.map((error) => sayFault(error, textIn(language)));
    assert.equal(new Set(said).size, errors.length, language);
    for (const sentence of said) {
      assert.equal(/\p{Script=Han}/u.test(sentence), language === "zh", sentence);
      assert.doesNotMatch(sentence, /for a program/);
    }
  }
});

test("a sentence names the cluster, the length, and what is wrong with a file", () => {
  const text = textIn("zh");
  assert.match(sayFault(new ClusterError("open", "mine"), text), /“mine”/);
  assert.match(sayFault(new LinkTooLong(70_000), text), /70,000/);
  assert.match(sayFault(new FileRefused("it is cut off"), text), /it is cut off$/);
  assert.match(sayFault("odd", text), /odd$/);
});
