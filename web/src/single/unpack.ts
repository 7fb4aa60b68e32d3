import { Decompress, decompress } from "fzstd";

/** A file as it is in the document. */
export type Packed = Blob | Uint8Array<ArrayBuffer>;

/** Bytes that are unpacked at a time, from memory. */
const PIECE = 1 << 18;

function streamOf(packed: Packed): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (packed instanceof Blob) {
    return packed.stream();
  }
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(packed.subarray(at, at + PIECE));
      at += PIECE;
      if (at >= packed.length) {
        controller.close();
      }
    },
  });
}

/** Unpacks while it is read: no browser unpacks zstd for a script. */
function unpackedStream(packed: Packed): ReadableStream<Uint8Array<ArrayBuffer>> {
  let unpack: Decompress;
  const unpacking = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    start(controller) {
      unpack = new Decompress((bytes) => controller.enqueue(bytes as Uint8Array<ArrayBuffer>));
    },
    transform(bytes) {
      unpack.push(bytes);
    },
    flush() {
      unpack.push(new Uint8Array(0), true);
    },
  });
  return streamOf(packed).pipeThrough(unpacking);
}

export function unpackedAtOnce(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  return decompress(packed) as Uint8Array<ArrayBuffer>;
}

/** A file as if a server had sent it. */
export function responseOf(name: string, packed: Packed | undefined): Response {
  if (packed === undefined) {
    return new Response(null, { status: 404 });
  }
  const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(unpackedStream(packed), { headers: { "content-type": type } });
}
