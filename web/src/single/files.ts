/**
 * In the place of src/loading/files.ts where the page is one file: all that the site has
 * is in the document.
 */
import type { FilesBytes, WorkerFiles } from "./handing.ts";

/** Nothing comes from elsewhere: there is nothing to load ahead of need, or to keep. */
export const isDistant: boolean = false;

/** All texts by their names, packed as one file (web/single.mjs). */
const TEXTS = "texts.json.gz";

/** Addresses are as on a site: beside the document. "./" is the page itself. */
export const siteAddress = (file: string): string => {
  const address = new URL(file, document.baseURI);
  return file === "./" ? new URL(location.pathname, document.baseURI).href : address.href;
};

let texts: Promise<Readonly<Record<string, string>>> | undefined;

/** The page itself reads nothing but texts. */
export async function fetchFile(address: string | URL): Promise<Response> {
  texts ??= readTexts();
  const text = (await texts)[nameOf(address)];
  return text === undefined ? new Response(null, { status: 404 }) : new Response(text);
}

async function readTexts(): Promise<Readonly<Record<string, string>>> {
  const packed = window.embedded.get(TEXTS) ?? new Blob();
  return await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

/** The name of a file of the site. */
function nameOf(address: string | URL): string {
  const { pathname } = new URL(address, document.baseURI);
  return decodeURIComponent(pathname.slice(new URL("./", document.baseURI).pathname.length));
}

/** The files that a worker reads begin with the name of its module. */
const MODULES: Readonly<Record<string, string>> = { "worker.js": "controlplane.", "kubectl.js": "kubectl." };

/** A worker whose script is in the document. It is handed its files before all else. */
export function siteWorker(file: string, options?: WorkerOptions): Worker {
  const { embedded } = window;
  const script = new Blob([embedded.get(file) ?? ""], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script), options);
  const files = embedded.beginning(MODULES[file] ?? file);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => void sendBytes(files, port1);
  worker.postMessage({ type: "files", files, port: port2 } satisfies WorkerFiles, [port2]);
  return worker;
}

async function sendBytes(files: ReadonlyMap<string, Blob>, port: MessagePort): Promise<void> {
  const entries = [...files].map(async ([name, blob]) => [name, await blob.arrayBuffer()] as const);
  const bytes = new Map(await Promise.all(entries));
  port.postMessage(bytes satisfies FilesBytes, [...bytes.values()]);
}
