import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeImage, type ImageHeader, PAGE_BYTES, piecesOf, readImage } from "./image.ts";

const HEADER: ImageHeader<{ name: string }> = {
  build: "build 1",
  pages: 2,

  state: { name: "größer" },
};

/** A memory of two pages with runs at its ends, a gap that is worth another run, and one that is not. */
function memory(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER.pages * PAGE_BYTES);
  bytes.fill(7, 0, 13);
  bytes.fill(8, 40, 41);
  bytes.fill(9, 5000, 9000);
  bytes[bytes.length - 1] = 255;
  return bytes;
}

/** The image in chunks of a size. */
function stream(image: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= image.length) {
        controller.close();
        return;
      }
      controller.enqueue(image.slice(at, at + size));
      at += size;
    },
  });
}

async function read(image: Uint8Array, size = 1000): Promise<{ header: unknown; bytes: Uint8Array }> {
  let made: WebAssembly.Memory | undefined;
  const header = await readImage<{ name: string }>(piecesOf(stream(image, size)), ({ pages }) => {
    made = new WebAssembly.Memory({ initial: pages });
    return made;
  });
  assert.ok(made !== undefined);
  return { header, bytes: new Uint8Array(made.buffer) };
}

test("a memory is the same after it was an image, however that arrives", async () => {
  const image = encodeImage(HEADER, memory().buffer);
  assert.ok(image.length < 5000, `${image.length} bytes: what is zero is left out`);
  for (const size of [1, 7, 16, 4096, 1 << 20]) {
    const { header, bytes } = await read(image, size);
    assert.deepEqual(header, HEADER);
    assert.deepEqual(bytes, memory(), `chunks of ${size}`);
  }
});

test("a memory of zeros is an image without runs", async () => {
  const { bytes } = await read(encodeImage(HEADER, new ArrayBuffer(2 * PAGE_BYTES)));
  assert.ok(bytes.every((byte) => byte === 0));
});

test("any byte that is altered is noticed", async () => {
  const image = encodeImage(HEADER, memory().buffer);
  const first = image.length - 4000;
  for (const at of [first, first + 1, first + 2, first + 3, first + 1000, image.length - 1]) {
    const altered = image.slice();
    altered[at] = (altered[at] ?? 0) ^ 0x10;
    await assert.rejects(read(altered), /damaged/, `byte ${at}`);
  }
});

test("what is cut off, goes on behind its end or is something else is refused", async () => {
  const image = encodeImage(HEADER, memory().buffer);
  for (const length of [0, 3, 15, 20, 60, image.length - 1]) {
    await assert.rejects(read(image.slice(0, length)), /cut off/, `${length} bytes`);
  }
  await assert.rejects(read(new Uint8Array([...image, 0])), /more bytes/);
  await assert.rejects(read(new TextEncoder().encode("<!doctype html><title>Not here</title>")), /no image/);
});

test("an image that would write outside of its memory is refused", async () => {
  const image = encodeImage({ ...HEADER, pages: 1 }, memory().buffer);
  await assert.rejects(read(image), /larger than its memory/);
});

test("whoever makes the memory may refuse the image", async () => {
  const refusing = readImage(stream(encodeImage(HEADER, memory().buffer), 100), () => {
    throw new Error("of another build");
  });
  await assert.rejects(refusing, /of another build/);
});
