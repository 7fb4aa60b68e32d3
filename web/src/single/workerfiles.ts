/**
 * In the place of src/worker/module/files.ts where the page is one file: the page hands a worker
 * its files before it says anything else.
 */
import type { BytesWanted, FilesBytes, WorkerFiles } from "./handing.ts";
import { type Packed, responseOf, unpackedAtOnce } from "./unpack.ts";

/** Reads a blob while everything else waits; only workers have it. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

type Files = ReadonlyMap<string, Packed>;

let files: Files = new Map();

const handed = new Promise<void>((resolve) => {
  globalThis.addEventListener(
    "message",
    (event: Event) => {
      // It is for nobody else.
      event.stopImmediatePropagation();
      void readable((event as MessageEvent<WorkerFiles>).data).then((found) => {
        files = found;
        resolve();
      });
    },
    { once: true },
  );
});

/** The files as this worker can read them. */
async function readable({ files, port }: WorkerFiles): Promise<Files> {
  const [first = new Blob()] = files.values();
  const isReadable = await first
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
  return isReadable ? files : await own(port);
}

function own(port: MessagePort): Promise<Files> {
  return new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<FilesBytes>) => {
      port.close();
      resolve(new Map([...data].map(([name, bytes]) => [name, new Uint8Array(bytes)])));
    };
    port.postMessage({ type: "bytes" } satisfies BytesWanted);
  });
}

/** The script is part of the worker's own (web/single.mjs). */
export function loadScript(_url: string): void {}

export async function fetchFile(url: string): Promise<Response> {
  await handed;
  return responseOf(nameOf(url), files.get(nameOf(url)));
}

/** Reads a file while everything else waits. A module that runs has been handed long ago. */
export function readAtOnce(url: string): ArrayBuffer {
  const packed = files.get(nameOf(url));
  if (packed === undefined) {
    throw new Error(`load ${url}: the page does not contain it`);
  }
  const bytes =
    packed instanceof Blob ? new Uint8Array(new FileReaderSync().readAsArrayBuffer(packed)) : packed;
  return unpackedAtOnce(bytes).buffer;
}

const nameOf = (url: string): string => {
  const { pathname } = new URL(url);
  return decodeURIComponent(pathname.slice(pathname.lastIndexOf("/") + 1));
};
