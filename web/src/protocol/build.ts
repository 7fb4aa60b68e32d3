/**
 * The list that a build has of its own files (web/files.mjs), and their addresses. Every
 * file that a page asks for is named with its build or its content, so that whoever
 * answers never mixes two builds.
 */

/** The list's name on the site. */
export const LIST_FILE = "files.json";

/** The parameter of an address that names the build that a file is of. */
export const BUILD_PARAMETER = "build";

/** The parameter that names the content of a module or an image. */
export const VERSION_PARAMETER = "v";

/** Where the build puts files whose names have a digest of their content. */
export const PARTS_FOLDER = "parts/";

export interface BuildFile {
  /** Relative to the site. */
  readonly path: string;
  /** The size of its content, unpacked. */
  readonly bytes: number;
  /** Of its content, unpacked, in hexadecimal. Absent for a page, to which a host may add something, and which says itself of which build it is. */
  readonly sha256?: string;
  /** What names its content in its address; modules and images have it. */
  readonly version?: string;
}

export interface BuildList {
  readonly build: string;
  readonly files: readonly BuildFile[];
}

/** The address of a file as a page of its build asks for it; `site` ends with a slash. */
export function addressOfFile(site: string, build: string, { path, version }: BuildFile): string {
  const address = new URL(path, site);
  if (version !== undefined) {
    address.searchParams.set(VERSION_PARAMETER, version);
  } else if (!path.startsWith(PARTS_FOLDER)) {
    address.searchParams.set(BUILD_PARAMETER, build);
  }
  return address.href;
}

/** Whether what a site has sent is such a list: a host may answer with a page of its own. */
export function isBuildList(value: unknown): value is BuildList {
  const { build, files } = (value ?? {}) as Partial<BuildList>;
  return (
    typeof build === "string" &&
    /^[0-9a-f]+$/.test(build) &&
    Array.isArray(files) &&
    files.every(({ path, bytes }) => typeof path === "string" && Number.isSafeInteger(bytes))
  );
}
