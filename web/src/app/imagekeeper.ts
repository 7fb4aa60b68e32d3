import type { FileSource } from "../protocol/exchange.ts";
import { IMAGE_DIRECTORY, keptName } from "../protocol/keptimages.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** Room that must be left to this origin: what it keeps for readers comes first. */
const ROOM_BYTES = 1 << 30;

/** The file of the site that an image is, without its build. */
const nameOf = (url: string) => keptName(url).replace(/\.[^.]*$/, "");

const preference = (url: string) => `kept.${nameOf(url)}`;

/** Whether the image of this build is kept, as far as the page knows. */
export function isKept(url: string): boolean {
  return readPreference(preference(url)) === keptName(url);
}

/**
 * Keeps an image unpacked for the next visit, in the place of those of other builds. It
 * comes from the browser's cache. Nothing is kept where there is little room or no such
 * files.
 */
export async function keepImage({ url }: FileSource): Promise<void> {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  if (isKept(url) || quota - usage < ROOM_BYTES) {
    return;
  }
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(IMAGE_DIRECTORY, { create: true });
  const name = keptName(url);
  for await (const other of directory.keys()) {
    if (other !== name && other.startsWith(`${nameOf(url)}.`)) {
      await directory.removeEntry(other);
    }
  }
  const handle = await directory.getFileHandle(name, { create: true });
  const response = await fetch(url, { priority: "low" });
  if (response.ok && response.body !== null) {
    // The file is there when all of it is.
    await response.body.pipeTo(await handle.createWritable());
    writePreference(preference(url), name);
  }
}
