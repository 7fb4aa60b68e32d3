import { sayFault } from "../clusters/fault.ts";
import type { Diagram } from "../diagram/diagram.ts";
import { siteAddress } from "../loading/files.ts";
import type { Shareable } from "../sharing/dialog.ts";
import type { Desk } from "../storage/desk.ts";
import type { PageStore } from "../storage/pagestore.ts";

/** What this page has for other pages. */
export function shareable(desk: Desk, store: PageStore, diagram: Diagram): Shareable {
  const site = siteAddress("./");
  return {
    site: new URL(site),
    lesson: () => (store.state.lesson?.foreign === true ? undefined : store.state.lesson?.id),
    manifests: () => desk.manifests(),
    state: async () => new URL(await desk.link(site)).hash.replace("#cluster=", ""),
    drawing: () => diagram.drawing,
    explain: (error, text) => sayFault(error, text),
  };
}
