import path from "node:path";
import { zipSync } from "fflate";

/** The earliest that a zip can say, in every time zone. */
const MODIFIED = new Date(1980, 0, 2);
/** What compression makes no smaller. */
const PACKED = [".gz", ".png"];

/** A zip of files, [name, bytes, options of fflate], in their order. The same files give the same bytes. */
export function zipOf(files) {
  const entries = files.map(([name, bytes, options]) => [
    name,
    [bytes, { ...options, mtime: MODIFIED, level: PACKED.includes(path.extname(name)) ? 0 : 9 }],
  ]);
  return zipSync(Object.fromEntries(entries));
}
