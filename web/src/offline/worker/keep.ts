import { addressOfFile, type BuildFile, type BuildList } from "../../protocol/build.ts";
import type { Builds } from "../../protocol/builds.ts";

/** Files that are fetched at a time, unless they are modules or images. */
const AT_ONCE = 4;

/** A module or an image is at most this share of its size once gzip has packed it. */
const PACKED_SHARE = 1 / 4;

/** Bytes that must be left to this origin: learners' clusters come first. */
const ROOM_BYTES = 1 << 28;

/** Modules and images are read in one piece; the rest of a build is small. */
const isLarge = ({ version }: BuildFile) => version !== undefined;

/** What a file of the site consists of now is not what its build's list says: the site changes, or has changed. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
}

/** The browser has too little room for the site. */
export class RoomError extends Error {
  override readonly name = "RoomError";
}

export interface KeepOptions {
  readonly builds: Builds;
  /** The address of the site, with a slash at its end. */
  readonly site: string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** A response with the same content, unpacked if it was packed with gzip. */
  unpacked(response: Response): Promise<Response>;
  /** The content packed with gzip. */
  packed(content: ArrayBuffer): Promise<BodyInit>;
  /** SHA-256 in hexadecimal. */
  digest(content: ArrayBuffer): Promise<string>;
  /** Bytes that this origin may still store; undefined where the browser does not tell. */
  room(): Promise<number | undefined>;
  /** Told the share of the build that is there, from 0 to 1. */
  onProgress(share: number): void;
}

/**
 * Stores all files of a build and, when all are there, its list. What is there of an
 * earlier attempt or, of the same content, in another build is not fetched again. Modules
 * and images are stored packed. Every file is compared with the list. Where there is no
 * room the files that were stored are deleted again.
 */
export async function keepBuild(list: BuildList, options: KeepOptions): Promise<void> {
  const { builds, room, onProgress } = options;
  const total = sum(list.files.map(({ bytes }) => bytes));
  let done = 0;
  const add = ({ bytes }: BuildFile) => {
    done += bytes;
    onProgress(done / total);
  };
  const needed = sum(list.files.map((file) => (isLarge(file) ? file.bytes * PACKED_SHARE : file.bytes)));
  const free = await room();
  if (free !== undefined && free < needed + ROOM_BYTES) {
    throw new RoomError(`${needed} bytes are needed, ${free} are free`);
  }
  try {
    const small = list.files.filter((file) => !isLarge(file)).values();
    const keepSmall = async () => {
      for (const file of small) {
        await keepFile(list.build, file, options);
        add(file);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, keepSmall));
    for (const file of list.files.filter(isLarge)) {
      await keepFile(list.build, file, options);
      add(file);
    }
    await builds.putList(list);
  } catch (error) {
    if (error instanceof Error && error.name === "QuotaExceededError") {
      await builds.delete(list.build);
      throw new RoomError(error.message, { cause: error });
    }
    throw error;
  }
}

async function keepFile(build: string, file: BuildFile, options: KeepOptions): Promise<void> {
  const { builds, site, packed } = options;
  const address = addressOfFile(site, build, file);
  if ((await builds.match(build, address)) !== undefined) {
    return;
  }
  const known = isLarge(file) ? await builds.matchAny(address) : undefined;
  if (known !== undefined) {
    await builds.put(build, address, known);
    return;
  }
  const { content, headers } = await fetchRight(build, address, file, options);
  await builds.put(
    build,
    address,
    new Response(isLarge(file) ? await packed(content) : content, { headers }),
  );
}

interface Fetched {
  readonly content: ArrayBuffer;
  readonly headers: Headers;
}

/** Fetches a file; what a cache on the way has may be of an earlier build. */
async function fetchRight(
  build: string,
  address: string,
  file: BuildFile,
  options: KeepOptions,
): Promise<Fetched> {
  for (const init of [{}, { cache: "reload" }] satisfies RequestInit[]) {
    const fetched = await fetchOnce(address, file, { ...init, priority: "low" }, options);
    if (await isRight(build, file, fetched.content, options)) {
      return fetched;
    }
  }
  throw new ForeignFileError(`${address} is of another build`);
}

async function fetchOnce(
  address: string,
  file: BuildFile,
  init: RequestInit,
  { fetch, unpacked }: KeepOptions,
): Promise<Fetched> {
  const response = await fetch(address, init);
  if (!response.ok) {
    throw new ForeignFileError(`${address}: HTTP status ${response.status}`);
  }
  const headers = new Headers(response.headers);
  // They are about what was sent, and this is what was meant.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const content = await (isLarge(file) ? await unpacked(response) : response).arrayBuffer();
  return { content, headers };
}

async function isRight(
  build: string,
  { bytes, sha256 }: BuildFile,
  content: ArrayBuffer,
  { digest }: KeepOptions,
): Promise<boolean> {
  if (sha256 === undefined) {
    return new TextDecoder().decode(content).includes(`data-build="${build}"`);
  }
  return content.byteLength === bytes && (await digest(content)) === sha256;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
