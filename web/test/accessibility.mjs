/** axe-core over a page, as the browser tests use it. */
import { readFileSync } from "node:fs";

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** What axe finds wrong, in one line each. */
export async function accessibilityFaults(page) {
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(axe);
  }
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      // Experimental, and wants every drawn number in the name in the order of drawing. What WCAG 2.5.3
      // asks for, the visible label (the object's name), is in the accessible name.
      rules: { "label-content-name-mismatch": { enabled: false } },
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`),
    );
  });
}

/** Controls that are smaller than 24 by 24 CSS pixels (WCAG 2.5.8), but for links in a text. */
export function smallTargets(page) {
  return page.evaluate(() => {
    const small = [];
    const visit = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot !== null) {
          visit(element.shadowRoot);
        }
        if (
          element.matches(
            "button, select, input, summary, a[href], [role=tab], [role=slider], [role=option]",
          ) &&
          element.checkVisibility() &&
          getComputedStyle(element).display !== "inline" &&
          !element.matches(".skip-link, .link, .cm-panels *")
        ) {
          const { width, height } = element.getBoundingClientRect();
          if (width > 0 && (width < 24 || height < 24)) {
            small.push(`${Math.round(width)}×${Math.round(height)} ${element.outerHTML.slice(0, 120)}`);
          }
        }
      }
    };
    visit(document);
    return small;
  });
}
