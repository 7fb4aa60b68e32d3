/** The plugins without the generators that they are for: `make integrations` builds sites with these. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ATTRIBUTES, markupOf, readAttributes, readFence } from "../fence.mjs";
import markdownIt from "../markdown-it.mjs";
import remark from "../remark.mjs";

const SITE = { site: "https://site.example/k8s/" };
const YAML = 'kind: Pod\nmetadata: {name: "<a>"}\n';

test("every plugin knows the attributes of the element", () => {
  const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
  const source = read("../../src/protocol/embedding.ts");
  const parameters = [.../PARAMETERS = \[([^\]]*)\]/.exec(source)[1].matchAll(/"([^"]+)"/g)].map(
    ([, name]) => name,
  );
  const known = [...parameters, "sandbox", "alongside"];
  assert.deepEqual(ATTRIBUTES, known);
  const python = /ATTRIBUTES = \[([^\]]*)\]/.exec(read("../python/tabernetes.py"))[1];
  assert.deepEqual(
    [...python.matchAll(/"([^"]+)"/g)].map(([, name]) => name),
    known,
  );
  const hugo = /\$known := slice ([^-]*(?:-hints[^-]*)?) -\}/.exec(
    read("../hugo/layouts/partials/tabernetes.html"),
  )[1];
  assert.deepEqual(
    [...hugo.matchAll(/"([^"]+)"/g)].map(([, name]) => name),
    known,
  );
});

test("words of a fence", () => {
  assert.deepEqual(
    readAttributes(" lesson=undo readonly panes=\"diagram, terminal\" theme='dark' height=480 "),
    {
      lesson: "undo",
      readonly: "",
      panes: "diagram, terminal",
      theme: "dark",
      height: "480",
    },
  );
  assert.deepEqual(readAttributes(""), {});
  assert.throws(() => readAttributes("lesson=a onclick=alert(1)"), /no attribute "onclick"/);
  assert.throws(() => readAttributes("lesson=a lesson=b"), /stands twice/);
});

test("the element with its link, for a lesson, a manifest, a state and nothing", () => {
  assert.equal(
    markupOf(readFence("lesson=undo height=300", "", SITE), "Try it"),
    '<tabernetes-playground site="https://site.example/k8s/" lesson="undo" height="300"><a href="https://site.example/k8s/?lesson=undo">Try it</a></tabernetes-playground>',
  );
  const { attributes, link } = readFence("", YAML, SITE);
  assert.equal(attributes.yaml, YAML);
  assert.equal(new URLSearchParams(new URL(link).hash.slice(1)).get("yaml"), YAML);
  assert.match(
    markupOf({ attributes, link }, '"<'),
    /yaml="kind: Pod&#10;metadata: \{name: &quot;&lt;a&gt;&quot;\}&#10;"/,
  );
  assert.equal(readFence("state=1.ab", "", SITE).link, "https://site.example/k8s/#cluster=1.ab");
  assert.equal(readFence("", "", SITE).link, "https://site.example/k8s/");
  assert.throws(() => readFence("yaml=a", YAML, SITE), /both/);
  assert.throws(() => readFence("", "", { site: "javascript:alert(1)" }), /needs "site"/);
});

test("remark: fences become elements wherever they stand, others stay, and a mistake has its place", () => {
  const code = (lang, meta, value) => ({ type: "code", lang, meta, value });
  const other = code("yaml", null, YAML);
  const tree = {
    type: "root",
    children: [other, { type: "listItem", children: [code("tabernetes", "lesson=undo", "")] }],
  };
  remark(SITE)(tree, {});
  assert.equal(tree.children[0], other);
  const { data } = tree.children[1].children[0];
  assert.equal(data.hName, "tabernetes-playground");
  assert.equal(data.hProperties.lesson, "undo");
  assert.deepEqual(tree.children[2].data.hProperties, {
    async: true,
    src: "https://site.example/k8s/embed.js",
  });
  const wrong = code("tabernetes", "lessen=undo", "");
  const file = {
    fail(message, place) {
      throw Object.assign(new Error(message), { place });
    },
  };
  assert.throws(
    () => remark(SITE)({ type: "root", children: [wrong] }, file),
    ({ message, place }) => message.includes('"lessen"') && place === wrong,
  );
});

test("markdown-it: the script once, other fences as they were, a mistake with its line", () => {
  const md = { renderer: { rules: { fence: () => "other" } } };
  markdownIt(md, SITE);
  const fence = (info, line = 4) => ({ type: "fence", info, content: "", map: [line, line + 1] });
  const tokens = [
    fence("yaml"),
    fence("tabernetes lesson=undo"),
    fence("tabernetes"),
    fence("tabernetes x=1", 9),
  ];
  const render = (index) => md.renderer.rules.fence(tokens, index);
  assert.equal(render(0), "other");
  assert.match(
    render(1),
    /^<script async src="https:\/\/site\.example\/k8s\/embed\.js"><\/script>\n<tabernetes-playground .*lesson="undo"/,
  );
  assert.doesNotMatch(render(2), /script/);
  assert.throws(() => render(3), /^Error: line 10: tabernetes: there is no attribute "x"/);
});
