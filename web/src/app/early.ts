/**
 * A script of its own that runs before all else of the page: it starts the control
 * plane's worker and has it load the module while the page's own script is fetched,
 * read and drawn with. It sets the theme, so that no other is seen before that, and
 * has the texts of the reader's language fetched. It imports nothing that draws.
 */
import type { Prepare } from "../protocol/messages.ts";
import { isLink } from "../storage/link.ts";
import { chosenLanguage, chosenTheme } from "./chosen.ts";
import { showTheme } from "./frame/theme.ts";
import { SiteModule, siteAddress } from "./modules.ts";
import { readQuery } from "./query.ts";

declare global {
  interface Window {
    /** For the first start; gone when it could not be loaded, so that the page tries again and tells. */
    earlyWorker: Worker | undefined;
  }
}

const query = readQuery(location.search, () => 0);
const prepare: Prepare = {
  wasm: new SiteModule("controlplane").source,
  wasmExec: siteAddress("wasm_exec.js"),
  options: query.boot,
  archive: isLink(location.hash),
};
// A message would wait until this thread, busy with the page's script, hears that the
// worker's has been read.
const worker = new Worker(siteAddress("worker.js"), { name: JSON.stringify(prepare) });
worker.addEventListener("error", () => {
  window.earlyWorker = undefined;
});
window.earlyWorker = worker;
showTheme(chosenTheme(query));

// The build names the file of each language that is not in the page's script.
const texts = document.documentElement.getAttribute(`data-texts-${chosenLanguage(query)}`);
if (texts !== null) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = texts;
  document.head.append(link);
}
