/**
 * Images that the page has stored uncompressed in this origin's private file system
 * (app/imagekeeper.ts). Reading one from there takes a tenth of the time that the
 * browser takes to decompress it from its cache.
 */
import { IMAGE_DIRECTORY, keptName } from "../protocol/keptimages.ts";

/** Bytes that are read at once: as many as stay in a processor's cache. */
const PIECE_BYTES = 1 << 20;

/** `mode` is part of the File System standard; browsers that do not know it let one worker read at a time. */
type OpenSync = (this: FileSystemFileHandle, options: { mode: "read-only" }) => Promise<SyncFile>;

interface SyncFile {
  read(buffer: Uint8Array, options: { at: number }): number;
  close(): void;
}

/** The chunks of a stored image. Each is valid until the next is requested. Throws when the image cannot be read now. */
export async function* keptPieces(url: string): AsyncGenerator<Uint8Array> {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(IMAGE_DIRECTORY);
  const handle = await directory.getFileHandle(keptName(url));
  const { createSyncAccessHandle } = handle as FileSystemFileHandle & { createSyncAccessHandle: OpenSync };
  const file = await createSyncAccessHandle.call(handle, { mode: "read-only" });
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
