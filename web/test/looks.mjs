/** The sizes, themes and languages that a page is looked at in, which change while it runs. */
import assert from "node:assert/strict";

export const SIZES = [
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
  { width: 1920, height: 1080 },
];

/** Makes the theme what is asked for, by the switch in the header. */
export async function chooseTheme(page, theme) {
  for (let press = 0; press < 3; press++) {
    if ((await page.locator(`html[data-theme=${theme}]`).count()) === 1) {
      return;
    }
    await page.getByRole("button", { name: /^(Theme|主题)/ }).click();
  }
  assert.equal(await page.locator("html").getAttribute("data-theme"), theme);
}
