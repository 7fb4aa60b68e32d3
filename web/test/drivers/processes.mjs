/** What a browser's processes are and use, from /proc; nothing where there is none. */
import { readdirSync, readFileSync } from "node:fs";

function read(id, file) {
  try {
    return readFileSync(`/proc/${id}/${file}`, "utf8");
  } catch {
    return ""; // It has ended, or there is no /proc.
  }
}

/** Bytes of a process that are in memory. */
export function residentBytes(id) {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(id, "status"))?.[1] ?? 0);
}

/** The most that they have been. */
export function mostResidentBytes(id) {
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(id, "status"))?.[1] ?? 0);
}

/** What a process has at which addresses, in their order. */
export function mappings(id) {
  return read(id, "maps")
    .split("\n")
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line))
    .filter((found) => found !== null)
    .map(([, from, to, access]) => ({
      from: Number.parseInt(from, 16),
      to: Number.parseInt(to, 16),
      access,
    }));
}

/** The process below `ancestor` whose command line matches, and which uses the most memory of those. */
export function largestBelow(ancestor, commandLine) {
  const parents = new Map();
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    // The name stands in brackets and may have any character.
    const parent = /^.*\) \S (\d+) /s.exec(read(id, "stat"))?.[1];
    parents.set(Number(id), Number(parent));
  }
  const isBelow = (id) => id === ancestor || (parents.has(id) && isBelow(parents.get(id)));
  return [...parents.keys()]
    .filter(
      (id) =>
        id !== ancestor && isBelow(id) && commandLine.test(read(id, "cmdline").replaceAll("\0", " ").trim()),
    )
    .sort((a, b) => residentBytes(b) - residentBytes(a))[0];
}
