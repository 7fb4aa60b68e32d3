/**
 * Files that a site carries packed with gzip, so that any host serves them well: as
 * they are, unpacked by the host, or packed once more on the way. Whether bytes are
 * packed is told by the first of them.
 */

/** How often a file may be packed: by the build and by a host. */
export const MOST_LAYERS = 2;

const WASM = "application/wasm";
const GZIP = [0x1f, 0x8b] as const;

export function isPacked(bytes: Uint8Array): boolean {
  return GZIP.every((byte, at) => bytes[at] === byte);
}

/** Whether a host says of its own accord what a module is and how it is packed: then a browser compiles it while it arrives and keeps the compiled code. */
export function isDeclared({ headers }: Response): boolean {
  return headers.has("content-encoding") && headers.get("content-type") === WASM;
}

/**
 * A response with the same content, unpacked. One that begins with something else than
 * gzip does is returned as it is.
 */
export async function unpacked(response: Response, layers = MOST_LAYERS): Promise<Response> {
  if (layers === 0 || response.body === null || !(await beginsPacked(response))) {
    return response;
  }
  const content = response.body.pipeThrough(new DecompressionStream("gzip"));
  return await unpacked(new Response(content, { headers: { "content-type": WASM } }), layers - 1);
}

async function beginsPacked(response: Response): Promise<boolean> {
  const reader = response.clone().body?.getReader();
  const begin: number[] = [];
  while (reader !== undefined && begin.length < GZIP.length) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    begin.push(...value.subarray(0, GZIP.length));
  }
  // Not waited for: it ends with the other branch.
  reader?.cancel().catch(() => undefined);
  return isPacked(Uint8Array.from(begin));
}
