import { createApi, type Tabernetes } from "../client/api.ts";
import { Client } from "../client/client.ts";
import { Kubectl } from "../client/kubectl.ts";
import { preferredLanguage } from "../language/language.ts";
import { filesStore } from "./files.ts";
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

/** A module's address with the digest by which the build named it, so that the browser may keep it. */
const module = (name: "controlplane" | "kubectl") => {
  const digest = document.documentElement.dataset[name];
  return address(digest === undefined ? `${name}.wasm` : `${name}.wasm?v=${digest}`);
};
const client = new Client({
  createWorker: () => new Worker(address("worker.js")),
  wasm: module("controlplane"),
  wasmExec: address("wasm_exec.js"),
  boot: query.boot,
});
let page: Page | undefined;
const kubectl = new Kubectl({
  client,
  createWorker: () => new Worker(address("kubectl.js")),
  wasm: module("kubectl"),
  wasmExec: address("wasm_exec.js"),
  seed: query.boot.seed,
  store: filesStore(query.boot),
  editorFile: () => page?.editorFile,
});
window.tabernetes = createApi(client, kubectl);

const storedTheme = readPreference("theme") ?? "auto";
const theme = query.theme ?? (isTheme(storedTheme) ? storedTheme : "auto");

const root = document.getElementById("page");
if (root !== null) {
  page = new Page(root, {
    client,
    kubectl,
    theme,
    language: query.language ?? preferredLanguage([readPreference("language") ?? "", ...navigator.languages]),
    cluster: query.boot.cluster,
    storage: query.boot.storage,
    lesson: query.lesson,
  });
}
client.start();
