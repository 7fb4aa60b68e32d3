/** What axe-core finds wrong. */
import { readFileSync } from "node:fs";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** In one line each; of the part of the page that a selector names, or of all of it. */
export async function accessibilityFaults(page, selector) {
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(axe);
  }
  return page.evaluate(async (selector) => {
    const { violations } = await window.axe.run(selector ?? document, {
      // Experimental, and wants every drawn number in the name in the order of drawing. What WCAG 2.5.3
      // asks for, the visible label (the object's name), is in the accessible name.
      rules: { "label-content-name-mismatch": { enabled: false } },
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`),
    );
  }, selector);
}
