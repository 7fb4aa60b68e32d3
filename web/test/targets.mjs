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
