import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { apply, get, openPage, settle } from "./harness.mjs";
import { chooseTheme, SIZES } from "./looks.mjs";

const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";
const IMAGE = "registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx";

function web({ tag = "v1", replicas = 4 } = {}) {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "${IMAGE}:${tag}"}
`;
}

/** One page at ten times the speed, and one as a newcomer gets it. */
let fast;
let slow;

before(async () => {
  fast = await openPage({ rate: "10" });
  slow = await openPage();
});

after(async () => {
  await fast?.close();
  await slow?.close();
});

/** The words of each language for what the journeys do. */
const WORDS = {
  en: {
    cause: "does not have the image",
    badImage: "Image that does not exist",
    undo: "Undo to revision",
    breakIt: "Break it",
    one: "One replica more",
    pause: "Pause rollout",
    resume: "Resume rollout",
    why: "Why",
    arithmetic: "Arithmetic",
    timeline: "Timeline",
    table: "Table",
    changed: "Image changed",
  },
  zh: {
    cause: "镜像仓库里没有",
    badImage: "不存在的镜像",
    undo: "回滚到版本",
    breakIt: "制造故障",
    one: "增加一个副本",
    pause: "暂停更新",
    resume: "恢复更新",
    why: "为什么",
    arithmetic: "算式",
    timeline: "时间线",
    table: "表格",
    changed: "更换镜像",
  },
};

test("the timeline is read by keyboard, moment by moment", async () => {
  const page = fast;
  await apply(page, web());
  await settle(page);
  // The timeline begins a little before the change: that is to be after all are available.
  await page.evaluate(() => window.tabernetes.clock.skip({ seconds: 10 }));
  await apply(page, web({ tag: "v2" }));
  await settle(page);
  await page.evaluate(() => window.tabernetes.clock.pause());
  const slider = page.getByRole("slider", { name: "Timeline of web" });
  await slider.focus();
  /** Presses a key and says whether another moment is told then. */
  const moves = async (key) => {
    const before = await slider.getAttribute("aria-valuetext");
    await page.keyboard.press(key);
    const told = ([element, text]) => element.getAttribute("aria-valuetext") !== text;
    return page.waitForFunction(told, [await slider.elementHandle(), before], { timeout: 5000 }).then(
      () => true,
      () => false,
    );
  };
  assert.ok(await moves("Home"));
  const said = new Set();
  do {
    const text = await slider.getAttribute("aria-valuetext");
    said.add(text);
    const [, total, most, available, least] =
      /(\d+) pods \(at most (\d+)\), (\d+) available \(at least (\d+)\)/.exec(text);
    assert.ok(Number(total) <= Number(most), text);
    assert.ok(Number(available) >= Number(least), text);
  } while (said.size < 60 && (await moves("ArrowRight")));
  assert.ok(said.size >= 6, `only ${said.size} moments were told apart`);
  assert.match([...said].join("\n"), /Image changed: .*nginx:v1 → .*nginx:v2/);
  assert.match([...said].join("\n"), /rev 1: \d of \d available · rev 2: \d of \d available/);
});

/** Begins again with the Deployment `web` as it is at first, and no other. */
async function beginAgain(page) {
  await page.evaluate(() => window.tabernetes.clock.resume());
  await page.evaluate(async (path) => {
    await window.tabernetes.fetch(path, { method: "DELETE" });
  }, DEPLOYMENT);
  await settle(page);
  await page.locator("[data-type=pod]").first().waitFor({ state: "detached" });
  await apply(page, web());
  await settle(page);
}

async function breakUnderstandAndUndo(page, words) {
  await page.locator("[data-type=head]").click();
  const details = page.locator(".details");
  await details.getByRole("tab", { name: words.why }).click();
  await details.locator(".why-fine").waitFor();

  await details.getByRole("combobox", { name: words.breakIt }).selectOption({ label: words.badImage });
  await details
    .locator(".command-line", {
      hasText: `kubectl set image deployment/web main=${IMAGE}:does-not-exist`,
    })
    .first()
    .waitFor();
  const root = details.locator(".why-root", { hasText: words.cause });
  await root.waitFor();
  assert.match(await root.locator(".command-line code").textContent(), /^kubectl get events/);
  assert.match(await root.locator(".why-evidence").first().textContent(), /not found/);

  await details.getByRole("tab", { name: words.arithmetic }).click();
  await details.locator(".arithmetic td", { hasText: "25% × 4 = 1" }).first().waitFor();

  await details.getByRole("combobox", { name: words.undo }).selectOption({ index: 1 });
  await details
    .locator(".command-line", { hasText: "kubectl rollout undo deployment/web --to-revision=1" })
    .waitFor();
  await settle(page);
  const undone = await get(page, DEPLOYMENT);
  assert.equal(undone.spec.template.spec.containers[0].image, `${IMAGE}:v1`);
  assert.equal(undone.spec.template.metadata.labels["pod-template-hash"], undefined);

  await details.getByRole("button", { name: words.one }).click();
  await details.locator(".command-line", { hasText: "kubectl scale deployment/web --replicas=5" }).waitFor();
  await details.getByRole("button", { name: words.pause }).click();
  await details.getByRole("button", { name: words.resume }).waitFor();
  assert.equal((await get(page, DEPLOYMENT)).spec.paused, true);

  await page.getByRole("tab", { name: words.timeline }).click();
  await page.locator(".timeline").getByRole("button", { name: words.table }).click();
  await page.locator(".timeline-table td", { hasText: words.changed }).first().waitFor();
  await page.locator(".timeline").getByRole("button", { name: words.table }).click();
  assert.deepEqual(page.faults, []);
}

// Sizes, languages and themes change on one page: a cluster for each would start for minutes.
for (const viewport of SIZES) {
  for (const lang of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      test(`break, understand and undo without typing, at ${viewport.width} px, ${lang}, ${theme}`, async () => {
        await fast.setViewportSize(viewport);
        await fast.locator(".header-actions select").selectOption(lang);
        await chooseTheme(fast, theme);
        await beginAgain(fast);
        await breakUnderstandAndUndo(fast, WORDS[lang]);
      });
    }
  }
}

test("single keys move the clock, unless they are typed or turned off", async () => {
  const page = slow;
  const paused = () => page.evaluate(() => window.tabernetes.clock.paused);
  await page.locator("#diagram").focus();
  await page.keyboard.press("p");
  await page.waitForFunction(() => window.tabernetes.clock.paused);
  await page.keyboard.press("p");
  await page.waitForFunction(() => !window.tabernetes.clock.paused);
  await page.keyboard.press("]");
  await page.waitForFunction(() => window.tabernetes.clock.rate === 2);
  await page.getByRole("textbox", { name: "YAML editor" }).click();
  await page.keyboard.type("p");
  assert.equal(await paused(), false);
  await page.locator("#diagram").focus();
  await page.keyboard.press("?");
  await page.getByRole("checkbox", { name: "Single keys act" }).uncheck();
  await page.keyboard.press("Escape");
  await page.locator("#diagram").focus();
  await page.keyboard.press("p");
  await page.waitForTimeout(300);
  assert.equal(await paused(), false);
});

test("the lower panels are resized by keyboard", async () => {
  const page = slow;
  const splitter = page.getByRole("separator", { name: "Height of the lower panels" });
  const height = () => page.locator(".dock").evaluate((dock) => dock.offsetHeight);
  const before = await height();
  await splitter.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.ok((await height()) > before + 30);
});
