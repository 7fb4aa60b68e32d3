import type { FileSource } from "../protocol/exchange.ts";
import { IMAGE_DIRECTORY, keptName } from "../protocol/keptimages.ts";
import { unpacked } from "../protocol/packed.ts";
import { fetchFile } from "../protocol/sitefile.ts";
import { isKept, nameOf, rememberKept } from "./keptimages.ts";

/** Free space that must be left to this origin: readers' own data come first. */
const ROOM_BYTES = 1 << 30;

/**
 * Stores an image uncompressed for the next visit, replacing those of other builds. It
 * is read from the browser's cache. Nothing is stored where space is short or the
 * browser has no private file system.
 */
export async function keepImage(source: FileSource): Promise<void> {
  const { url, packed } = source;
  // Without a digest in its address an image of another build could not be told from it.
  if (!new URL(url).searchParams.has("v")) {
    return;
  }
  const name = keptName(url);
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(IMAGE_DIRECTORY, { create: true });
  // A worker deletes an image that it finds damaged.
  if (isKept(url) && (await contains(directory, name))) {
    return;
  }
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  if (quota - usage < ROOM_BYTES) {
    return;
  }
  for await (const other of directory.keys()) {
    if (other !== name && other.startsWith(`${nameOf(url)}.`)) {
      await directory.removeEntry(other);
    }
  }
  const handle = await directory.getFileHandle(name, { create: true });
  const fetched = await fetchFile({ fetch: (...given) => fetch(...given) }, source, { priority: "low" });
  const response = packed === true ? await unpacked(fetched) : fetched;
  if (fetched.ok && response.body !== null) {
    // The file appears only once it is complete.
    await response.body.pipeTo(await handle.createWritable());
    rememberKept(url);
  }
}

async function contains(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return await directory.getFileHandle(name).then(
    () => true,
    () => false,
  );
}
