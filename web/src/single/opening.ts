/**
 * The first script of the page that is one file: it takes the files out of the document
 * while the document is parsed, and sets the theme as early.ts does.
 */
import { chosenTheme } from "../app/chosen.ts";
import { showTheme } from "../app/frame/theme.ts";
import { readQuery } from "../app/query.ts";
import { EmbeddedFiles } from "./embedded.ts";

declare global {
  interface Window {
    embedded: EmbeddedFiles;
    /** Called behind each block. */
    takeBlock(): void;
  }
}

window.embedded = new EmbeddedFiles();
window.takeBlock = () => {
  const script = document.currentScript;
  const block = script?.previousElementSibling;
  if (block) {
    window.embedded.take(block);
  }
  script?.remove();
  document.querySelector("progress")?.setAttribute("value", script?.getAttribute("data-done") ?? "0");
};
showTheme(chosenTheme(readQuery(location.search, () => 0)));
