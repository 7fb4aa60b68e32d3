import { folderOf, type LessonEntry } from "./catalogue.ts";
import { readSource } from "./foreign/files.ts";
import type { LessonFiles } from "./foreign/kept.ts";
import type { RunHost } from "./host.ts";
import { isOf } from "./record.ts";
import { foreignLesson, type LessonSource, siteLesson } from "./source.ts";
import type { Wanted } from "./wanted.ts";

type Host = Pick<RunHost, "client" | "load" | "seed">;

/** The lesson that a page is for; undefined when the site has none by that id. Rejects with a FilesError as `readSource` does. */
export async function findLesson(
  wanted: Wanted,
  catalogue: readonly LessonEntry[],
  host: Host,
): Promise<LessonSource | undefined> {
  switch (wanted.kind) {
    case "site": {
      const entry = catalogue.find(({ id }) => id === wanted.id);
      if (entry === undefined) {
        return undefined;
      }
      const kept = host.load();
      return siteLesson(entry, folderOf(entry, host.seed, isOf(kept, entry) ? kept.variant : undefined));
    }
    case "address":
      return readLesson(
        await readSource(wanted.address, wanted.base),
        host,
        new URL(wanted.address, wanted.base).href,
      );
    case "files":
      return readLesson(wanted.lesson, host);
  }
}

/**
 * Has the engine read a lesson from outside of the site, for which it waits: in the
 * variant that the learner has already, else in that of the seed.
 */
export async function readLesson(
  lesson: LessonFiles,
  { client, load, seed }: Host,
  base: string = document.baseURI,
): Promise<LessonSource> {
  const { id, files } = lesson;
  const name = nameOf(id);
  const read = async (seed: number) => {
    const read = await client.lesson({ kind: "read", lesson: name, files, seed });
    // Its paths begin with the folder, which is here called otherwise.
    const problems = read.problems.map((one) => ({ ...one, file: one.file.replace(`${name}/`, "") }));
    return { ...read, problems };
  };
  const first = await read(seed);
  const kept = load();
  const variant = isOf(kept, { id, foreign: true }) ? kept.variant : undefined;
  const place = variant === undefined ? -1 : (first.plan.variants ?? []).indexOf(variant);
  const isOther = place >= 0 && variant !== first.plan.variant;
  return foreignLesson(lesson, isOther ? await read(place) : first, base);
}

/** A name that a lesson of the site could have: what somebody calls a folder of theirs is no mistake. */
export function nameOf(folder: string): string {
  const name = folder.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return name.replace(/^[^a-z]+|-$/g, "") || "lesson";
}
