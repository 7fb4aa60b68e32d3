import { createApi, type Tabernetes } from "../client/api.ts";
import { Client } from "../client/client.ts";
import { preferredLanguage } from "../language/language.ts";
import { Page } from "./page.ts";
import { readPreference } from "./preferences.ts";
import { readQuery } from "./query.ts";
import { isTheme } from "./theme.ts";

declare global {
  interface Window {
    /** The page's interface for whoever embeds or tests it. */
    tabernetes: Tabernetes;
  }
}

const query = readQuery(location.search, () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1);
const address = (file: string) => new URL(file, document.baseURI).href;

/** The digest by which the build named the module, so that the browser may keep it. */
const digest = document.documentElement.dataset["controlplane"];
const client = new Client({
  createWorker: () => new Worker(address("worker.js")),
  wasm: address(digest === undefined ? "controlplane.wasm" : `controlplane.wasm?v=${digest}`),
  wasmExec: address("wasm_exec.js"),
  boot: query.boot,
});
window.tabernetes = createApi(client);

const storedTheme = readPreference("theme") ?? "auto";
const theme = query.theme ?? (isTheme(storedTheme) ? storedTheme : "auto");

const root = document.getElementById("page");
if (root !== null) {
  new Page(root, {
    client,
    theme,
    language: query.language ?? preferredLanguage([readPreference("language") ?? "", ...navigator.languages]),
    cluster: query.boot.cluster,
    storage: query.boot.storage,
    lesson: query.lesson,
  });
}
client.start();
