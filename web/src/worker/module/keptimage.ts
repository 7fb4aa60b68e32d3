/**
 * Images that the page has stored uncompressed in this origin's private file system
 * (app/imagekeeper.ts). Reading one from there takes a tenth of the time that the
 * browser takes to decompress it from its cache.
 */
import { IMAGE_DIRECTORY, keptName } from "../../protocol/keptimages.ts";

/** Bytes that are read at once: as many as stay in a processor's cache. */
const PIECE_BYTES = 1 << 20;

/** `mode` is part of the File System standard; browsers that do not know it let one worker read at a time. */
type OpenSync = (this: FileSystemFileHandle, options: { mode: "read-only" }) => Promise<SyncFile>;

interface SyncFile {
  read(buffer: Uint8Array, options: { at: number }): number;
  close(): void;
}

const directory = async () => {
  const root = await navigator.storage.getDirectory();
  return await root.getDirectoryHandle(IMAGE_DIRECTORY);
};

/** Opens a stored image. Rejects when the browser has deleted it or another worker is reading it. */
export async function openKept(url: string): Promise<SyncFile> {
  const handle = await (await directory()).getFileHandle(keptName(url));
  const { createSyncAccessHandle } = handle as FileSystemFileHandle & { createSyncAccessHandle: OpenSync };
  return await createSyncAccessHandle.call(handle, { mode: "read-only" });
}

/** The chunks of a stored image, which is closed afterwards. Each is valid until the next is requested. */
export async function* keptPieces(file: SyncFile): AsyncGenerator<Uint8Array> {
  try {
    const room = new Uint8Array(PIECE_BYTES);
    for (
      let at = 0, count = file.read(room, { at });
      count > 0;
      at += count, count = file.read(room, { at })
    ) {
      yield room.subarray(0, count);
    }
  } finally {
    file.close();
  }
}

/** Deletes a stored image that turned out damaged: the page will store it again. */
export async function deleteKept(url: string): Promise<void> {
  await (await directory()).removeEntry(keptName(url));
}
