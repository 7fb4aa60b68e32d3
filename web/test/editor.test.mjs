import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { get, openPage, settle, typeYaml } from "./harness.mjs";
import { chooseTheme, SIZES } from "./looks.mjs";

/** One page for all: a cluster for each test would start for minutes. */
let page;

before(async () => {
  page = await openPage({ rate: "10" });
});

after(async () => {
  await page?.close();
});

const verdict = () => page.locator(".verdict");
const completions = () => page.locator(".cm-tooltip-autocomplete");
const yaml = () =>
  page.evaluate(() =>
    document
      .querySelector(".editor-host")
      .shadowRoot.querySelector(".cm-content")
      .cmTile.view.state.doc.toString(),
  );

/** The manifest up to where the test types. */
const HEAD = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
`;

/** Takes the selected completion. CodeMirror takes none within 75 ms of showing it, lest Enter was meant as a new line. */
async function accept() {
  await page.waitForTimeout(200);
  await page.keyboard.press("Enter");
}

test("fields, kinds and values are completed from the cluster's OpenAPI, with what they are", async () => {
  await typeYaml(page, "apiVersion: apps/v1\nkind: ");
  await page.keyboard.type("Dep");
  await completions().locator("li", { hasText: "Deployment" }).waitFor();
  await accept();
  await page.keyboard.type("\nspe");
  await completions().locator("li[aria-selected=true]", { hasText: "spec" }).waitFor();
  await page.locator(".field-documentation", { hasText: "Specification of the desired behavior" }).waitFor();
  await accept();
  await page.keyboard.type("strat");
  await completions().locator("li[aria-selected=true]", { hasText: "strategy" }).waitFor();
  await accept();
  await page.keyboard.type("ty");
  await completions().locator("li[aria-selected=true]", { hasText: "type" }).waitFor();
  await accept();
  await completions().locator("li", { hasText: "Recreate" }).waitFor();
  await page.keyboard.type("Rec");
  await completions().locator("li[aria-selected=true]", { hasText: "Recreate" }).waitFor();
  await accept();
  assert.equal(await yaml(), "apiVersion: apps/v1\nkind: Deployment\nspec:\n  strategy:\n    type: Recreate");
  // What the mapping has already is not offered again.
  await page.keyboard.type("\n");
  await page.keyboard.press("Control+Space");
  await completions().locator("li", { hasText: "rollingUpdate" }).waitFor();
  assert.equal(
    await completions()
      .locator("li", { hasText: /^type$/ })
      .count(),
    0,
  );
  await page.keyboard.press("Escape");
});

test("Ctrl+I and the pointer explain a field", async () => {
  await typeYaml(page, `${HEAD}  minReadySeconds: 5`);
  await page.mouse.move(0, 0);
  await page.keyboard.press("Control+i");
  const documentation = page.locator(".field-documentation");
  await documentation
    .filter({ hasText: "spec.minReadySeconds" })
    .filter({ hasText: "integer (int32)" })
    .waitFor();
  await page.keyboard.press("Escape");
  await documentation.waitFor({ state: "detached" });
  await page.locator(".cm-line span", { hasText: "kind" }).first().hover();
  await documentation.filter({ hasText: "string" }).waitFor();
  await page.mouse.move(0, 0);
  await documentation.waitFor({ state: "detached" });
});

test("what the schema and the server refuse is marked at its line as one types", async () => {
  await typeYaml(
    page,
    `${HEAD}  replica: 2
  replicas: two
  strategy:
    type: Slow
  template:
    spec:
      containers:
      - name: main
        env:
        - name: DEBUG
          value: yes
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  a: 1
`,
  );
  await verdict()
    .filter({ hasText: /[5-9] problems/ })
    .waitFor();
  const marked = async (selector) => {
    const texts = await page.locator(selector).allTextContents();
    return texts.join(" ");
  };
  assert.match(await marked(".cm-lintRange-error"), /replica.*two.*yes/s);
  assert.match(await marked(".cm-lintRange-warning"), /Slow/);
  await verdict().getByRole("button", { name: "Next problem" }).click();
  await page.locator(".cm-diagnostic").first().waitFor();
  await page.keyboard.press("Escape");

  // The server alone knows that the selector must match the labels.
  await typeYaml(
    page,
    `${HEAD}  selector: {matchLabels: {app: one}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: main, image: nginx}]}
`,
  );
  await verdict().filter({ hasText: "1 problem" }).waitFor();
  await page.locator(".cm-lintRange-error", { hasText: "labels" }).hover();
  await page.locator(".cm-diagnostic", { hasText: "`selector` does not match template `labels`" }).waitFor();
  await page.mouse.move(0, 0);
  assert.equal((await get(page, "/apis/apps/v1/deployments")).items.length, 0, "a dry run stores nothing");
});

test("the difference to what is live is shown before Apply", async () => {
  const manifest = (replicas) => `${HEAD}  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "nginx:1.27"}]}
`;
  await typeYaml(page, manifest(1));
  await page.keyboard.press("Control+Enter");
  await page.locator(".result-created").waitFor();
  await settle(page);
  await typeYaml(page, manifest(3));
  await verdict().filter({ hasText: "1 changed" }).waitFor();
  await page.getByRole("button", { name: "Changes…" }).click();
  const dialog = page.getByRole("dialog", { name: "What Apply would change" });
  await dialog.locator(".removed", { hasText: "replicas: 1" }).waitFor();
  await dialog.locator(".added", { hasText: "replicas: 3" }).waitFor();
  assert.equal((await get(page, "/apis/apps/v1/namespaces/default/deployments/web")).spec.replicas, 1);
  await dialog.getByRole("button", { name: "Apply" }).click();
  await page.locator(".result-configured").waitFor();
  assert.equal((await get(page, "/apis/apps/v1/namespaces/default/deployments/web")).spec.replicas, 3);
});

test("several files, which the terminal has too", async () => {
  const files = page.getByRole("tablist", { name: "Files" });
  await page.getByRole("button", { name: "New file" }).click();
  const name = page.getByRole("textbox", { name: "Name of the file" });
  await name.fill("roll_update.yaml");
  await page.keyboard.press("Enter");
  await page.getByText("There is a file of this name.").waitFor();
  await name.fill("settings.yaml");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Insert a manifest" }).selectOption("ConfigMap");
  assert.match(await yaml(), /^apiVersion: v1\nkind: ConfigMap\n/);
  await page.keyboard.type("from-a-file");
  const run = (line) => page.evaluate((line) => window.tabernetes.run(line), line);
  assert.match((await run("kubectl apply -f settings.yaml")).stdout, /configmap\/from-a-file created/);
  assert.match((await run("ls")).stdout, /roll_update.yaml[\s\S]*settings.yaml/);

  await run("sed -i s/blue/green/ settings.yaml && echo 'kind: X' > more.yaml");
  await files.getByRole("tab", { name: "more.yaml" }).waitFor();
  assert.match(await yaml(), /colour: green/);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.match(await yaml(), /colour: blue/);

  await files.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("F2");
  await name.fill("renamed.yaml");
  await page.keyboard.press("Enter");
  assert.match((await run("ls")).stdout, /renamed.yaml/);
  assert.doesNotMatch((await run("ls")).stdout, /settings.yaml/);
  await files.getByRole("tab", { name: "roll_update.yaml" }).click();
  assert.match(await yaml(), /kind: Deployment/);
  await files.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  await files.getByRole("tab", { name: "renamed.yaml", selected: true }).waitFor();
  await page.keyboard.press("Delete");
  await page
    .getByRole("dialog", { name: "Delete renamed.yaml?" })
    .getByRole("button", { name: "Delete" })
    .click();
  assert.deepEqual(await files.getByRole("tab").allTextContents(), ["roll_update.yaml", "more.yaml"]);
  await files.getByRole("tab", { name: "roll_update.yaml" }).click();
  assert.deepEqual(page.faults, []);
});

test("the keyboard leaves the editor by Escape and Tab, as its description says", async () => {
  const editor = page.getByRole("textbox", { name: "YAML editor" });
  await editor.click();
  assert.match(await editor.getAttribute("aria-description"), /Escape and then Tab leaves the editor/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".editor-host")), null);
});

const WORDS = {
  en: {
    insert: "Insert a manifest",
    good: "would accept this: 1 new",
    bad: "1 problem",
    changes: "Changes…",
    cancel: "Cancel",
    undo: "Undo",
    editor: "YAML editor",
  },
  zh: {
    insert: "插入一份清单",
    good: "会接受：新建 1 个",
    bad: "1 个问题",
    changes: "查看变更…",
    cancel: "取消",
    undo: "撤销",
    editor: "YAML 编辑器",
  },
};

for (const viewport of SIZES) {
  for (const lang of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      test(`a manifest is begun, checked and reviewed at ${viewport.width} px, ${lang}, ${theme}`, async () => {
        const words = WORDS[lang];
        await page.setViewportSize(viewport);
        await page.locator(".header-actions select").selectOption(lang);
        await chooseTheme(page, theme);
        await page.getByRole("textbox", { name: words.editor }).click();
        await page.keyboard.press("Control+A");
        await page.keyboard.press("Delete");
        await page.getByRole("combobox", { name: words.insert }).selectOption("PodDisruptionBudget");
        await verdict().filter({ hasText: words.good }).waitFor();
        await page.getByRole("button", { name: words.changes }).click();
        await page.locator(".review .added", { hasText: "minAvailable: 2" }).waitFor();
        await page.locator("dialog[open]").getByRole("button", { name: words.cancel }).click();
        await page.keyboard.press("Control+End");
        await page.getByRole("textbox", { name: words.editor }).focus();
        await page.keyboard.press("Control+End");
        await page.keyboard.insertText("  maxAvailable: 1\n");
        await verdict().filter({ hasText: words.bad }).waitFor();
        await page.getByRole("button", { name: words.undo, exact: true }).click();
        await verdict().filter({ hasText: words.good }).waitFor();
        assert.deepEqual(page.faults, []);
      });
    }
  }
}
