import { Builds } from "./builds.ts";
import type { FileSource } from "./exchange.ts";
import { unpacked } from "./packed.ts";

/** What is needed to get a file. */
export interface FileGetter {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** The page's own if left out. */
  readonly caches?: CacheStorage | undefined;
}

/**
 * Gets a module or an image. Where the page has its build for use without a network
 * (offline), the site is asked last, as it may be gone or have another build by now: at
 * first comes the browser's own cache, because only with a response from there Chromium
 * keeps the machine code, then the copy that the page keeps, which is packed with gzip.
 * Where it has not, the site is asked first.
 */
export async function fetchFile(
  { fetch, caches = ownCaches() }: FileGetter,
  { url, stored }: FileSource,
  init: RequestInit = {},
): Promise<Response> {
  const copy = async () => {
    const builds = caches === undefined ? undefined : new Builds(caches, new URL("./", url).href);
    const found = await builds?.matchAny(url).catch(() => undefined);
    return found === undefined ? undefined : await unpacked(found);
  };
  // Whoever asks for a mode of caching has had a damaged file: a page that was not kept when
  // it started gets that from a site which has another build by now.
  const isAgain = init.cache !== undefined;
  if (stored === true || isAgain) {
    return (
      (isAgain ? undefined : await fromBrowser(fetch, url, init)) ??
      (await copy()) ??
      (await fetch(url, init))
    );
  }
  try {
    const answer = await fetch(url, init);
    return answer.ok ? answer : ((await copy()) ?? answer);
  } catch (error) {
    const found = init.signal?.aborted === true ? undefined : await copy();
    if (found === undefined) {
      throw error;
    }
    return found;
  }
}

/** What the browser's own cache has for an address, without asking the site whether it is still good. */
async function fromBrowser(
  fetch: FileGetter["fetch"],
  url: string,
  init: RequestInit,
): Promise<Response | undefined> {
  try {
    const answer = await fetch(url, { ...init, cache: "only-if-cached", mode: "same-origin" });
    return answer.ok ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Caches of this origin; a frame without storage throws, and plain http has none. */
function ownCaches(): CacheStorage | undefined {
  try {
    return globalThis.caches;
  } catch {
    return undefined;
  }
}
