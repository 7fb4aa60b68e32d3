import { buildAddress } from "../dom/buildaddress.ts";

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
