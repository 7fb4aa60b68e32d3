/** Custom section, named by wasm/split, in which the primary module describes the other parts of its build. */
const PARTS_SECTION = "tabernetes.parts";
/** The same in all parts of a build. */
const BUILD_SECTION = "tabernetes.build";

/** A file that belongs to a module. */
export interface PartDescription {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The files that belong to a module. */
export interface Parts {
  readonly build: string;
  /** The size of the module's initial memory, in units of 64 KiB. */
  readonly pages: number;
  readonly data: PartDescription;
  readonly deferred: PartDescription;
}

/** A loaded file is not the one that belongs to the module: it is altered, truncated or of another build. */
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
 * Throws unless these are the bytes that the module expects: by their digest, or
 * only by their length over plain http, where browsers compute no digests. There
 * {@link verifyBuild} checks the rest.
 */
export async function verifyBytes(
  bytes: BufferSource & { readonly byteLength: number },
  { bytes: length, sha256 }: PartDescription,
  url: string,
): Promise<void> {
  if (bytes.byteLength !== length) {
    throw new ForeignPartError(`load ${url}: ${bytes.byteLength} bytes have come, not ${length}`);
  }
  // Missing over plain http, whatever its type says.
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
