import { readPreference, writePreference } from "./preferences.ts";

/** Each folder of an origin may have a site. */
const PREFERENCE = `builds ${new URL("./", document.baseURI).pathname}`;

/**
 * Whether this browser has a build for use without a network, as far as a page knows
 * that cannot wait for an answer from the cache.
 */
export function hasStoredBuild(build: string | undefined): boolean {
  return build !== undefined && (readPreference(PREFERENCE) ?? "").split(" ").includes(build);
}

/** Remembers which builds this browser has whole. */
export function rememberBuilds(builds: readonly string[]): void {
  writePreference(PREFERENCE, builds.length === 0 ? undefined : builds.join(" "));
}
