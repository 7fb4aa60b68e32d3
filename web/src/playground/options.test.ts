import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_STATE, LONGEST_YAML } from "../protocol/embedding.ts";
import { isLesson, readOptions } from "./options.ts";

const read = (rest: string) => readOptions(new URL(`https://site.example/embed.html${rest}`));

test("without parameters: an empty cluster behind a poster, in memory, with the seed that all have", () => {
  const options = read("");
  assert.equal(options.start, "click");
  assert.deepEqual([...options.panes], ["editor", "diagram"]);
  assert.equal(options.query.boot.seed, 1);
  assert.equal(options.host, undefined);
  assert.deepEqual(options.refused, []);
});

test("every parameter, in the query or in the hash", () => {
  const yaml = "kind: Pod\nmetadata: {name: a}\n";
  const options = read(
    `?lesson=undo&start=visible&theme=dark&lang=zh&panes=diagram,+terminal&height=auto&readonly&rate=5&seed=7&hide-hints=true&src=lessons/a.yaml&host=https%3A%2F%2Fhost.example#yaml=${encodeURIComponent(yaml)}&state=1.abc`,
  );
  assert.equal(options.query.lesson.id, "undo");
  assert.equal(options.query.theme, "dark");
  assert.equal(options.query.language, "zh");
  assert.equal(options.query.boot.rate, 5);
  assert.equal(options.query.boot.seed, 7);
  assert.equal(options.query.boot.startTime, null);
  assert.equal(options.start, "visible");
  assert.deepEqual([...options.panes], ["diagram", "terminal"]);
  assert.ok(options.autoHeight && options.readOnly && options.hideHints);
  assert.equal(options.source?.href, "https://site.example/lessons/a.yaml");
  assert.equal(options.yaml, yaml);
  assert.equal(options.state, "1.abc");
  assert.equal(options.host, "https://host.example");
  assert.deepEqual(options.refused, []);
});

test("a lesson has other panes, and an attribute can say no", () => {
  const options = read("?lesson=undo&readonly=false");
  assert.ok(options.panes.has("lesson") && options.panes.has("terminal") && !options.panes.has("editor"));
  assert.equal(options.readOnly, false);
});

test("a source that is an archive is a lesson", () => {
  const { source, panes } = read("?src=tutorials/undo.ZIP");
  assert.ok(isLesson(source) && panes.has("lesson"));
  assert.ok(!isLesson(read("?src=undo.yaml").source));
});

test("what means nothing is refused, and the default stands", () => {
  const options = read("?start=now&panes=diagram,shell&rate=1000&seed=x&theme=pink&lang=tlh");
  assert.equal(options.start, "click");
  assert.deepEqual([...options.panes], ["diagram"]);
  assert.equal(options.query.boot.rate, 1);
  assert.deepEqual(
    options.refused.map((refusal) =>
      refusal.kind === "parameter" ? `${refusal.name}=${refusal.value}` : "",
    ),
    ["rate=1000", "seed=x", "theme=pink", "lang=tlh", "start=now", "panes=shell"],
  );
});

test("a source of another origin is refused, however it is written", () => {
  for (const address of ["https://evil.example/a.yaml", "//evil.example/a.yaml", "data:,kind", "http://"]) {
    const options = read(`?src=${encodeURIComponent(address)}`);
    assert.equal(options.source, undefined, address);
    assert.deepEqual(options.refused, [{ kind: "foreign", address }]);
  }
});

test("what is too large is refused whole", () => {
  const options = read(`#yaml=${"a".repeat(LONGEST_YAML + 1)}&state=${"a".repeat(LONGEST_STATE + 1)}`);
  assert.equal(options.yaml, undefined);
  assert.equal(options.state, undefined);
  assert.deepEqual(options.refused, [
    { kind: "large", what: "yaml", most: LONGEST_YAML },
    { kind: "large", what: "state", most: LONGEST_STATE },
  ]);
});
