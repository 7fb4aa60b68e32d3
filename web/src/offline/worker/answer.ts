import { BUILD_PARAMETER, PARTS_FOLDER, VERSION_PARAMETER } from "../../protocol/build.ts";
import type { Builds } from "../../protocol/builds.ts";

/** What a request is for. */
export type Wanted =
  /** The page, or another one of the site. */
  | { readonly kind: "page" }
  /** A file of a build that the address names. */
  | { readonly kind: "file"; readonly build: string }
  /** A file whose name has a digest of its content. */
  | { readonly kind: "part" }
  /** A file of no particular build. */
  | { readonly kind: "other" };

/**
 * What there is to answer; undefined for what goes to the network as if there were no
 * service worker: other sites and folders, what is sent to the site, and modules and
 * images, which their readers look for themselves (protocol/sitefile.ts).
 */
export function wantedBy(
  { url, method, mode }: Pick<Request, "url" | "method" | "mode">,
  site: string,
): Wanted | undefined {
  if (method !== "GET" || !url.startsWith(site)) {
    return undefined;
  }
  const { searchParams } = new URL(url);
  const build = searchParams.get(BUILD_PARAMETER);
  if (mode === "navigate") {
    return { kind: "page" };
  }
  if (searchParams.has(VERSION_PARAMETER)) {
    return undefined;
  }
  if (build !== null) {
    return { kind: "file", build };
  }
  return { kind: url.startsWith(site + PARTS_FOLDER) ? "part" : "other" };
}

/**
 * Answers a request from the builds that are kept, or else from the network. A page comes
 * from the build that is shown to who opens the site, and everything else from that of the
 * page which asks.
 */
export async function answer(
  wanted: Wanted,
  request: Request,
  builds: Builds,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  // Without its storage, which a browser may take away, the site is as without this worker.
  const kept = (find: () => Promise<Response | undefined>) => find().catch(() => undefined);
  const ofCurrent = async () => {
    const current = await builds.current();
    return current === undefined ? undefined : await builds.match(current, request.url);
  };
  switch (wanted.kind) {
    case "page":
      return (await kept(ofCurrent)) ?? (await fetch(request));
    case "file":
      return (await kept(() => builds.match(wanted.build, request.url))) ?? (await fetch(request));
    case "part":
      return (await kept(() => builds.matchAny(request.url))) ?? (await fetch(request));
    case "other":
      try {
        return await fetch(request);
      } catch (error) {
        const found = await kept(ofCurrent);
        if (found === undefined) {
          throw error;
        }
        return found;
      }
  }
}
