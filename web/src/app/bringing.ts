import type { Client } from "../client/client.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import type { Editor } from "../editor/editor.ts";
import { Loader } from "../loading/loader.ts";
import type { Notices } from "./frame/notices.ts";
import { QUIET_MILLISECONDS, savesData, whenIdle } from "./idle.ts";
import type { Parts } from "./parts.ts";

/** Host milliseconds after the first drawing for which the editor waits for the start. */
const PATIENCE = 2000;

export interface BringingOptions {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly editor: Editor;
  readonly parts: Parts;
}

/**
 * Loads what may be needed later, unless it is asked for sooner. A start needs every
 * processor, so CodeMirror waits until the start is over or turns out to be long, and
 * the other parts of the page wait for CodeMirror. The kubectl module is loaded once
 * the page is left alone, so that the first command need not wait for it.
 */
export function bringParts({ client, kubectl, editor, parts }: BringingOptions): void {
  const late = setTimeout(() => editor.prepare(), PATIENCE);
  const forget = client.on("ready", () => {
    forget();
    clearTimeout(late);
    whenFree(() => {
      editor.prepare();
      if (!savesData()) {
        whenFree(() => void parts.prepare());
      }
    });
  });
  client.on("ready", () => {
    const quiet = QUIET_MILLISECONDS[kubectl.cached ? "cached" : "network"];
    whenIdle(quiet, () => void kubectl.load().catch(() => undefined));
  });
}

/** Calls a function when the page has nothing else to do. */
function whenFree(run: () => void): void {
  // Safari has no such call.
  if ("requestIdleCallback" in globalThis) {
    requestIdleCallback(run, { timeout: 1000 });
  } else {
    setTimeout(run, 50);
  }
}

/** The loader's notices report what could not be loaded. */
export function noticingLoader(notices: Notices): Loader {
  return new Loader((isTrouble) => {
    if (isTrouble) {
      notices.show("loading", "warning", (text) => text.partMissing, false, [
        { label: (text) => text.loadPageAgain, act: () => location.reload() },
      ]);
    } else {
      notices.dismiss("loading");
    }
  });
}
