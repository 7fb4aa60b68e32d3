import assert from "node:assert/strict";
import { test } from "node:test";
import { PARAMETERS } from "../protocol/embedding.ts";
import { TARGETS } from "../sharing/snippets.ts";
import { facts, SITE } from "./facts.ts";

test("the facts have every attribute once, and a snippet for every target of the Share panel", () => {
  assert.deepEqual(facts.attributes, [...PARAMETERS, "site", "sandbox", "alongside"]);
  assert.deepEqual(Object.keys(facts.snippets), [...TARGETS]);
});

test("every snippet that names an address names the one that the page's script puts the site's for", () => {
  const naming = Object.values(facts.snippets).filter((text) => text.includes("https://"));
  assert.equal(naming.length, 4);
  for (const text of naming) {
    assert.ok(text.includes(SITE), text);
    assert.doesNotMatch(text.replaceAll(SITE, ""), /https:/);
  }
});
