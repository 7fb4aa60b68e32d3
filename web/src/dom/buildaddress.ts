import { BUILD_PARAMETER } from "../protocol/build.ts";

/** The build that this page is of; undefined for one that was not finished (web/files.mjs). */
export function ownBuild(): string | undefined {
  return document.documentElement.dataset.build;
}

/**
 * The address of a file of this page's build, which names the build: by that a service
 * worker knows which of several files of one name is meant. Files whose names or
 * addresses have a digest of their content need none.
 */
export function buildAddress(file: string): string {
  const address = new URL(file, document.baseURI);
  const build = ownBuild();
  if (build !== undefined) {
    address.searchParams.set(BUILD_PARAMETER, build);
  }
  return address.href;
}
