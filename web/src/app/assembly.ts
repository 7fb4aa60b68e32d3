import { createApi, type Tabernetes } from "../client/api.ts";
import { Client } from "../client/client.ts";
import { Kubectl } from "../client/kubectl/kubectl.ts";
import { buildAddress } from "../dom/buildaddress.ts";
import { siteWorker } from "../loading/files.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { Clusters } from "../storage/clusters.ts";
import { Desk } from "../storage/desk.ts";
import type { Directory } from "../storage/directory.ts";
import { SiteModule } from "./modules.ts";
import { Page, type PageOptions } from "./page.ts";

export interface AssemblyOptions extends Omit<PageOptions, "client" | "kubectl" | "desk"> {
  /** The element that the page fills. */
  readonly root: HTMLElement;
  readonly boot: BootOptions;
  /** Undefined if nothing can be stored. */
  readonly directory: Directory | undefined;
  readonly clusters: Clusters | undefined;
  /** A worker that has begun to load the control plane, once. */
  takeWorker(): Worker | undefined;
  /** Opens another cluster instead of this page's. */
  navigate(cluster: string): void;
}

/** A control plane, kubectl, the page around them and the interface for scripts; nothing runs yet. */
export interface Assembly {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly desk: Desk;
  readonly page: Page;
  readonly api: Tabernetes;
  readonly modules: { readonly controlplane: SiteModule; readonly kubectl: SiteModule };
}

/** Puts a page together, the whole one or one in a frame. */
export function assemble(options: AssemblyOptions): Assembly {
  const { boot, store, directory, clusters } = options;
  const modules = { controlplane: new SiteModule("controlplane"), kubectl: new SiteModule("kubectl") };
  const client = new Client({
    createWorker: () => options.takeWorker() ?? siteWorker("worker.js"),
    wasm: () => modules.controlplane.source,
    wasmExec: buildAddress("wasm_exec.js"),
    boot,
  });
  let page: Page | undefined;
  const files = store.part("files");
  const kubectl = new Kubectl({
    client,
    createWorker: () => siteWorker("kubectl.js"),
    wasm: () => modules.kubectl.source,
    wasmExec: buildAddress("wasm_exec.js"),
    seed: boot.seed,
    store: {
      load: () => files.load() ?? [],
      save: (now) => files.save(now.length === 0 ? undefined : now),
    },
    editorFiles: () => page?.editorFiles() ?? [],
  });
  const desk = new Desk({
    client,
    cluster: boot.cluster,
    page: store,
    directory,
    clusters,
    navigate: options.navigate,
  });
  desk.onAdopt((state) => kubectl.restore(state.files ?? []));
  client.on("ready", () => modules.controlplane.hasRun());
  kubectl.on("ready", () => modules.kubectl.hasRun());
  page = new Page(options.root, { ...options, client, kubectl, desk });
  return {
    client,
    kubectl,
    desk,
    page,
    api: createApi(client, kubectl, desk, options.lessonEvents),
    modules,
  };
}
