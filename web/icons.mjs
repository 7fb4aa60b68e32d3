/**
 * Draws the icons of the installed page from public/icon.svg: as it is, and smaller on a
 * ground of its colour where a system cuts icons to a shape of its own.
 *
 *   node icons.mjs
 */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { EXECUTABLE } from "./test/drivers/chromium.mjs";

const folder = fileURLToPath(new URL("public/", import.meta.url));
/** `share` of the icon's width is the drawing; a circle of 80 % is what no system cuts off. */
const ICONS = [
  { name: "icon-192.png", width: 192, share: 1 },
  { name: "icon-512.png", width: 512, share: 1 },
  { name: "icon-maskable.png", width: 512, share: 0.62, ground: "#dbe4ff" },
];

const drawing = await readFile(path.join(folder, "icon.svg"), "utf8");
const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
for (const { name, width, share, ground = "transparent" } of ICONS) {
  const page = await browser.newPage({ viewport: { width, height: width } });
  await page.setContent(`<style>
    body { margin: 0; display: grid; place-items: center; height: 100vh; background: ${ground} }
    svg { width: ${100 * share}vw }
  </style>${drawing}`);
  await page.screenshot({ path: path.join(folder, name), omitBackground: true });
  await page.close();
}
await browser.close();
