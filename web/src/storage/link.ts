/**
 * A cluster in the hash of an address: `#cluster=1.` and the cluster file,
 * deflated, in base64url. The number is the version of this format.
 */
const PREFIX = "#cluster=";
const VERSION = "1";

/** Longer links are cut by mail and chat programs, and some browsers refuse them. */
export const LONGEST_LINK = 64_000;

/** Bytes that a link may decompress to. */
const MOST_UNFOLDED = 16 << 20;

export type LinkFault = "version" | "damaged" | "large";

/** A hash that does not contain a valid cluster. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly fault: LinkFault;

  constructor(fault: LinkFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** The hash for a cluster file. */
export async function writeLink(archive: Uint8Array): Promise<string> {
  const folded = await pump(archive, new CompressionStream("deflate-raw"), Number.POSITIVE_INFINITY);
  return `${PREFIX}${VERSION}.${toBase64Url(folded)}`;
}

/** Whether a hash claims to contain a cluster. */
export function isLink(hash: string): boolean {
  return hash.startsWith(PREFIX);
}

/** The cluster file of a hash, or null for a hash that is about something else. Rejects with a LinkError. */
export async function readLink(hash: string): Promise<Uint8Array | null> {
  if (!isLink(hash)) {
    return null;
  }
  const [version, text = ""] = hash.slice(PREFIX.length).split(".", 2);
  if (version !== VERSION) {
    throw new LinkError(
      "version",
      `the link is of version "${version?.slice(0, 20)}", this page reads version ${VERSION}`,
    );
  }
  let folded: Uint8Array;
  try {
    folded = fromBase64Url(text);
  } catch {
    throw new LinkError("damaged", "the link has characters that no link has");
  }
  return pump(folded, new DecompressionStream("deflate-raw"), MOST_UNFOLDED).catch((error: unknown) => {
    throw error instanceof LinkError ? error : new LinkError("damaged", "the link is cut off or altered");
  });
}

async function pump(bytes: Uint8Array, through: GenericTransformStream, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body = new Blob([bytes as BlobPart])
    .stream()
    .pipeThrough(through as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new LinkError("large", `the link unfolds to more than ${most >> 20} MiB`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Bytes that are passed as arguments of one call. */
const CHUNK = 8192;

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(offset, offset + CHUNK));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
