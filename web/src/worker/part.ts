/** Named by wasm/split: what the primary module says of the other parts of its build. */
const PARTS_SECTION = "tabernetes.parts";
/** The same in all parts of a build. */
const BUILD_SECTION = "tabernetes.build";

/** A file that belongs to a module. */
export interface PartDescription {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What belongs to a module. */
export interface Parts {
  readonly build: string;
  /** The size of the memory with which the module begins, in units of 64 KiB. */
  readonly pages: number;
  readonly data: PartDescription;
  readonly deferred: PartDescription;
}

/** A file has come, and it is not the one that belongs to the module: altered, cut off or of another build. */
export class ForeignPartError extends Error {
  override readonly name = "ForeignPartError";
}

export function partsOf(module: WebAssembly.Module): Parts {
  const text = section(module, PARTS_SECTION);
  if (text === undefined) {
    throw new ForeignPartError(`the module has no section ${PARTS_SECTION}`);
  }
  return JSON.parse(text);
}

function section(module: WebAssembly.Module, name: string): string | undefined {
  const [content] = WebAssembly.Module.customSections(module, name);
  return content === undefined ? undefined : new TextDecoder().decode(content);
}

/**
 * Throws unless these are the bytes that the module asks for: by their digest, or by
 * their number where a browser computes no digests, which is over plain http.
 * {@link verifyBuild} says the rest there.
 */
export async function verifyBytes(
  bytes: BufferSource & { readonly byteLength: number },
  { bytes: length, sha256 }: PartDescription,
  url: string,
): Promise<void> {
  if (bytes.byteLength !== length) {
    throw new ForeignPartError(`load ${url}: ${bytes.byteLength} bytes have come, not ${length}`);
  }
  // Not there over plain http, whatever its type says.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    return;
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  const text = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (text !== sha256) {
    throw new ForeignPartError(`load ${url}: its digest is ${text}, not ${sha256}`);
  }
}

/** Throws unless a part is of the same build as the module that asks for it. */
export function verifyBuild(part: WebAssembly.Module, { build }: Parts, url: string): void {
  if (section(part, BUILD_SECTION) !== build) {
    throw new ForeignPartError(`load ${url}: it is of another build`);
  }
}
