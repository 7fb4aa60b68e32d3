import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { encodeImage } from "./image.ts";
import { loadImage, loadModule } from "./module.ts";
import { dataModule, primaryModule } from "./parts.testing.ts";

const DATA = dataModule("data", "build 1");
const DEFERRED = new Uint8Array();
const PRIMARY = await primaryModule("build 1", { data: DATA, deferred: DEFERRED });
const BYTES = PRIMARY.length + DATA.length;
const TYPE = { headers: { "content-type": "application/wasm" } };

interface Site {
  /** Of both files. */
  readonly init?: ResponseInit;
  readonly primary?: BodyInit;
  readonly data?: BodyInit;
  readonly cached?: boolean;
  /** The page knows the sizes. */
  readonly sized?: boolean;
  /** The site carries its files packed. */
  readonly packed?: boolean;
}

async function load(site: Site) {
  const { init = TYPE, primary = PRIMARY, data = DATA, cached = false, sized = false, packed = false } = site;
  const told: unknown[] = [];
  const loaded = await loadModule({
    fetch: async (url) => new Response(url.includes(".data.") ? data : primary, init),
    source: {
      url: "http://site/x.wasm",
      data: { url: "http://site/x.data.wasm", packed, ...(sized ? { bytes: DATA.length } : {}) },
      deferred: { url: "http://site/x.deferred.wasm", packed },
      ...(sized ? { bytes: PRIMARY.length } : {}),
      packed,
      cached,
    },
    progress: (progress) => told.push(progress),
  });
  const instance = await WebAssembly.instantiate(loaded.module, { tabernetes: { memory: loaded.memory } });
  const { byte } = instance.exports;
  assert.ok(typeof byte === "function");
  return { letter: String.fromCharCode(byte()), told, memory: loaded.memory };
}

test("a module finds its data in its memory, also when the server calls it something else", async () => {
  for (const type of ["application/wasm", "application/wasm; charset=x", "application/octet-stream"]) {
    const { letter, memory } = await load({ init: { headers: { "content-type": type } } });
    assert.equal(letter, "a", type);
    assert.equal(memory.buffer.byteLength, 65_536);
  }
  assert.equal((await load({ init: {} })).letter, "a", "no type");
});

test("progress tells the total of both files when their sizes are known", async () => {
  const known = await load({ sized: true, init: { headers: { "content-encoding": "br" } } });
  assert.deepEqual(known.told, [{ stage: "download" }, { stage: "compile", loaded: BYTES, total: BYTES }]);
  const packed = await load({ init: { headers: { "content-length": "17", "content-encoding": "br" } } });
  assert.deepEqual(packed.told, [{ stage: "download" }, { stage: "compile", loaded: BYTES }]);
  const length = String(PRIMARY.length);
  const plain = await load({ init: { headers: { "content-length": length } } });
  assert.deepEqual(plain.told[1], { stage: "compile", loaded: BYTES, total: 2 * PRIMARY.length });
});

test("what the compiler is given as it comes is counted when it is there, if somebody says how large it is", async () => {
  const known = await load({ sized: true });
  assert.deepEqual(known.told, [{ stage: "download" }, { stage: "compile", loaded: BYTES, total: BYTES }]);
  const unknown = await load({});
  assert.deepEqual(unknown.told, [{ stage: "download" }, { stage: "compile", loaded: DATA.length }]);
});

test("what comes from the browser's cache is not counted", async () => {
  const { letter, told } = await load({ cached: true });
  assert.equal(letter, "a");
  assert.deepEqual(told, [{ stage: "compile" }]);
  const other = await load({ cached: true, init: {} });
  assert.deepEqual(other.told, [{ stage: "compile" }, { stage: "compile", loaded: PRIMARY.length }]);
});

test("packed files are unpacked, whatever the host does to them and says of them", async () => {
  const layers: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>>> = {
    "unpacked by the host": (bytes) => bytes,
    "as they are": (bytes) => Uint8Array.from(gzipSync(bytes)),
    "packed once more": (bytes) => Uint8Array.from(gzipSync(gzipSync(bytes))),
  };
  const declared = { "content-type": "application/wasm", "content-encoding": "gzip" };
  for (const [what, pack] of Object.entries(layers)) {
    for (const headers of [{}, TYPE.headers, { "content-type": "application/gzip" }, declared]) {
      const { letter } = await load({
        packed: true,
        primary: pack(PRIMARY),
        data: pack(DATA),
        init: { headers },
      });
      assert.equal(letter, "a", `${what}, ${JSON.stringify(headers)}`);
    }
  }
  const cut = gzipSync(DATA).subarray(0, -9);
  await assert.rejects(load({ packed: true, data: Uint8Array.from(cut) }));
});

test("a module that is not there is an error with the status", async () => {
  await assert.rejects(load({ init: { status: 404 } }), /HTTP status 404/);
});

test("bytes that are no module are an error", async () => {
  await assert.rejects(load({ primary: "<!doctype html>", init: {} }), WebAssembly.CompileError);
});

test("data that is altered, cut off or of another build is refused", async () => {
  await assert.rejects(load({ data: dataModule("dada", "build 1") }), /its digest is/);
  await assert.rejects(load({ data: dataModule("dat", "build 1") }), /bytes have come, not/);
  await assert.rejects(load({ data: dataModule("data", "build 2") }), /its digest is/);
});

test("without digests the build and the length are looked at", async () => {
  const { crypto } = globalThis;
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    assert.equal((await load({})).letter, "a");
    await assert.rejects(load({ data: dataModule("data", "build 2") }), /of another build/);
    await assert.rejects(load({ data: dataModule("dat", "build 1") }), /bytes have come, not/);
  } finally {
    Object.defineProperty(globalThis, "crypto", { value: crypto, configurable: true });
  }
});

test("a module that says nothing of its parts is refused", async () => {
  await assert.rejects(load({ primary: DATA }), /no section tabernetes.parts/);
});

/** Gives this origin a private file, as browsers do: under the name that the page gives it. */
function withKeptFile(
  name: string,
  bytes: Uint8Array,
): { readonly closed: () => number; readonly deleted: () => number } {
  let closed = 0;
  let deleted = 0;
  const file = {
    read: (room: Uint8Array, { at }: { at: number }) => {
      const piece = bytes.subarray(at, at + room.length);
      room.set(piece);
      return piece.length;
    },
    close: () => {
      closed++;
    },
  };
  const handleOf = async (asked: string) => {
    if (asked !== name) {
      throw new DOMException("there is none", "NotFoundError");
    }
    return { createSyncAccessHandle: async () => file };
  };
  const removeEntry = async () => {
    deleted++;
  };
  const storage = {
    getDirectory: async () => ({
      getDirectoryHandle: async () => ({ getFileHandle: handleOf, removeEntry }),
    }),
  };
  Object.defineProperty(globalThis, "navigator", { value: { storage }, configurable: true });
  return { closed: () => closed, deleted: () => deleted };
}

test("an image that is kept is not fetched, and one that is kept no more or damaged is", async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const memory = new Uint8Array(65_536);
  memory[40_000] = 7;
  const image = encodeImage({ build: "build 1", pages: 1, state: {} }, memory.buffer);
  const url = "http://site/x.ready.image?v=1234";
  const damaged = image.slice();
  damaged[damaged.length - 8] = 8;
  try {
    for (const [name, kept, fetches] of [
      ["x.ready.image.1234", image, 0],
      ["x.ready.image.1234", damaged, 1],
      ["x.ready.image.1234", image.subarray(0, -8), 1],
      ["x.ready.image.5678", image, 1],
    ] as const) {
      const { closed, deleted } = withKeptFile(name, kept);
      let fetched = 0;
      const loaded = await loadImage(
        {
          fetch: async (asked) => {
            fetched += Number(asked === url);
            return new Response(asked === url ? image.slice() : PRIMARY, TYPE);
          },
          source: {
            url: "http://site/x.wasm",
            data: { url: "http://site/x.data.wasm" },
            deferred: { url: "http://site/x.deferred.wasm" },
            cached: true,
          },
          progress: () => undefined,
        },
        { url, kept: true },
      );
      assert.equal(new Uint8Array(loaded.memory.buffer)[40_000], 7);
      assert.equal(fetched, fetches, `${name}, ${kept.length} bytes`);
      assert.equal(closed(), Number(name.endsWith("1234")));
      assert.equal(
        deleted(),
        Number(name.endsWith("1234") && kept !== image),
        "only a damaged file is deleted",
      );
    }
  } finally {
    if (before !== undefined) {
      Object.defineProperty(globalThis, "navigator", before);
    }
  }
});
