/**
 * Images that the page has kept unpacked, as files of this origin that only the browser
 * sees (app/imagekeeper.ts). Read from there, one is in the memory in a tenth of the
 * time that the browser takes to unpack it from its cache.
 */
import { IMAGE_DIRECTORY, keptName } from "../protocol/keptimages.ts";

/** What is read at once: as much as stays in a processor's cache. */
const PIECE_BYTES = 1 << 20;

/** `mode` is of the File System standard; browsers that do not know it let one worker at a time read. */
type OpenSync = (this: FileSystemFileHandle, options: { mode: "read-only" }) => Promise<SyncFile>;

interface SyncFile {
  read(buffer: Uint8Array, options: { at: number }): number;
  close(): void;
}

/** The pieces of a kept image. Each is valid until the next is asked for. Throws when it cannot be read now. */
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
