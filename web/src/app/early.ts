/**
 * A separate script that runs before everything else in the page: it starts the
 * control plane's worker and has it load the module while the page's own script is
 * fetched, parsed and run. It sets the theme, so that the page never flashes in
 * another one, and fetches the texts of the reader's language. It imports nothing
 * that draws.
 */
import { buildAddress } from "../dom/buildaddress.ts";
import type { Prepare } from "../protocol/messages.ts";
import { isLink } from "../storage/link.ts";
import { chosenLanguage, chosenTheme } from "./chosen.ts";
import { showTheme } from "./frame/theme.ts";
import { SiteModule } from "./modules.ts";
import { readQuery } from "./query.ts";

declare global {
  interface Window {
    /** The worker for the first start; undefined if it could not be loaded, so that the page tries again and reports the failure. */
    earlyWorker: Worker | undefined;
  }
}

const query = readQuery(location.search, () => 0);
const prepare: Prepare = {
  wasm: new SiteModule("controlplane").source,
  wasmExec: buildAddress("wasm_exec.js"),
  options: query.boot,
  archive: isLink(location.hash),
};
// A message would wait until this thread, busy with the page's script, learns that
// the worker's script has been read.
const worker = new Worker(buildAddress("worker.js"), { name: JSON.stringify(prepare) });
worker.addEventListener("error", () => {
  window.earlyWorker = undefined;
});
window.earlyWorker = worker;
showTheme(chosenTheme(query));

// The build fills in the file name of each language that is not in the page's script.
const texts = document.documentElement.getAttribute(`data-texts-${chosenLanguage(query)}`);
if (texts !== null) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = texts;
  document.head.append(link);
}
