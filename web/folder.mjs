import { readdir } from "node:fs/promises";
import path from "node:path";

/** Forms of a file for a server that chooses between them (engine/site). */
export const FORMS = [".gz", ".zst", ".br"];

/**
 * What the memory of a module begins with. It is read where an image, which comes in its
 * place, could not be: what holds all files of a build together does without.
 */
export const SPARE = /\.data\.wasm(\.gz)?$/;

/** The names of all files below a folder, with slashes, in one order on every machine. */
export async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
}

/** Those of the names that are not packed forms of others. */
export function withoutForms(names) {
  const all = new Set(names);
  const isForm = (name) =>
    FORMS.includes(path.extname(name)) && all.has(name.slice(0, -path.extname(name).length));
  return names.filter((name) => !isForm(name));
}
