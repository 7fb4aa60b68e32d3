import { buildAddress } from "../dom/buildaddress.ts";

/**
 * How the page reads the files of its own site and starts its workers. Where the page is
 * one file, the build puts src/single/files.ts in the place of this module; both have
 * the same exports.
 */

/** The files come over a network: it is worth loading one ahead of need, and keeping it. */
export const isDistant: boolean = true;

/** An address of this site. */
export const siteAddress = (file: string): string => new URL(file, document.baseURI).href;

export function fetchFile(address: string | URL, init?: RequestInit): Promise<Response> {
  return fetch(address, init);
}

/**
 * A worker of the site. A page with an origin of its own, as a sandboxed frame is, can
 * have no worker from elsewhere but one from a blob that loads the site's script.
 */
export function siteWorker(file: string, options?: WorkerOptions): Worker {
  const address = buildAddress(file);
  if (self.origin !== "null") {
    return new Worker(address, options);
  }
  const script = `importScripts(${JSON.stringify(address)});`;
  // The blob is not revoked: the worker reads it when this thread has ended its turn.
  return new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), options);
}
