/**
 * How a worker reads the files of its site. Where the page is one file, the build puts
 * src/single/workerfiles.ts in the place of this module; both have the same exports.
 */

/** The members of DedicatedWorkerGlobalScope used here. */
interface Scope {
  importScripts(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

const scope = () => globalThis as unknown as Scope;

/** Runs a classic script in the global scope. */
export function loadScript(url: string): void {
  scope().importScripts(url);
}

export function fetchFile(url: string, init?: RequestInit): Promise<Response> {
  return scope().fetch(url, init);
}

/** Reads a file while everything else waits. */
export function readAtOnce(url: string): ArrayBuffer {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) {
    throw new Error(`load ${url}: HTTP status ${request.status}`);
  }
  return request.response as ArrayBuffer;
}
