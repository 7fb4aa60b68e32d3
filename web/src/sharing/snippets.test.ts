import assert from "node:assert/strict";
import { test } from "node:test";
import { type Choices, snippet, TARGETS } from "./snippets.ts";

const SITE = new URL("https://site.example/k8s/?lang=zh#x");
const LESSON: Choices = { content: { kind: "lesson", lesson: "rolling-update" }, title: "Rolling update" };
const YAML = 'kind: Pod\nmetadata:\n  name: "a"\n';

test("a lesson, by each way", () => {
  assert.equal(
    snippet("element", LESSON, SITE),
    `<script async src="https://site.example/k8s/embed.js"></script>
<tabernetes-playground lesson="rolling-update">
  <a href="https://site.example/k8s/?lesson=rolling-update">Rolling update</a>
</tabernetes-playground>
`,
  );
  assert.equal(
    snippet("frame", LESSON, SITE),
    '<iframe src="https://site.example/k8s/embed.html?lesson=rolling-update" title="Rolling update" width="100%" height="480" loading="lazy" allow="clipboard-write" style="border: 0"></iframe>\n',
  );
  assert.equal(snippet("fence", LESSON, SITE), "```tabernetes lesson=rolling-update\n```\n");
  assert.equal(snippet("hugo", LESSON, SITE), '```tabernetes {lesson="rolling-update"}\n```\n');
  assert.equal(snippet("sphinx", LESSON, SITE), ".. tabernetes::\n   :lesson: rolling-update\n");
  assert.match(snippet("reveal", LESSON, SITE), /<section>\n {2}<tabernetes-playground lesson=/);
  assert.equal(
    snippet("picture", LESSON, SITE),
    "[![Rolling update](cluster.svg)](https://site.example/k8s/?lesson=rolling-update)\n",
  );
});

test("every choice, and a manifest", () => {
  const choices: Choices = {
    content: { kind: "yaml", yaml: YAML },
    title: "A & B",
    start: "visible",
    height: 300,
    panes: ["diagram", "terminal"],
    readOnly: true,
  };
  assert.equal(
    snippet("element", choices, SITE).split("\n").slice(1).join("\n"),
    `<tabernetes-playground start="visible" height="300" panes="diagram,terminal" readonly>
  <script type="application/yaml">
${YAML.trimEnd()}
  </script>
  <a href="https://site.example/k8s/embed.html#yaml=kind%3A+Pod%0Ametadata%3A%0A++name%3A+%22a%22%0A">A &amp; B</a>
</tabernetes-playground>
`,
  );
  assert.equal(
    snippet("fence", choices, SITE),
    `\`\`\`tabernetes start=visible height=300 panes=diagram,terminal readonly\n${YAML}\`\`\`\n`,
  );
  assert.equal(
    snippet("hugo", choices, SITE),
    `\`\`\`tabernetes {start="visible" height=300 panes="diagram,terminal" readonly=true}\n${YAML}\`\`\`\n`,
  );
  assert.equal(
    snippet("sphinx", choices, SITE),
    ".. tabernetes::\n   :start: visible\n   :height: 300\n   :panes: diagram,terminal\n   :readonly:\n\n" +
      '   kind: Pod\n   metadata:\n     name: "a"\n',
  );
  const frame = snippet("frame", choices, SITE);
  assert.match(
    frame,
    /embed\.html\?start=visible&amp;panes=diagram%2Cterminal&amp;readonly=#yaml=kind%3A\+Pod/,
  );
  assert.match(frame, /height="300"/);
});

test("what a manifest has in it does not end the markup around it", () => {
  const yaml = 'data: "</script><script>alert(1)</script> ```` <!--"\n';
  const choices: Choices = { content: { kind: "yaml", yaml }, title: '"><script>alert(1)</script>' };
  for (const target of TARGETS) {
    const text = snippet(target, choices, SITE);
    if (target === "element" || target === "frame" || target === "reveal") {
      assert.doesNotMatch(text, /<script>/, target);
    }
  }
  assert.match(snippet("fence", choices, SITE), /^`{5}tabernetes\n[\s\S]*\n`{5}\n$/);
});

test("a cluster as it is has its state in the address", () => {
  const choices: Choices = { content: { kind: "state", state: "1.ab_c-" }, title: "Mine" };
  assert.match(snippet("element", choices, SITE), /<tabernetes-playground state="1\.ab_c-">/);
  assert.match(snippet("picture", choices, SITE), /\/k8s\/#cluster=1\.ab_c-\)/);
  assert.match(snippet("frame", choices, SITE), /embed\.html#state=1\.ab_c-"/);
  assert.equal(snippet("fence", { content: { kind: "empty" }, title: "" }, SITE), "```tabernetes\n```\n");
});
