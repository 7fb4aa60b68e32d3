import type { Language } from "../language/language.ts";
import { type LessonEntry, loadCatalogue, titleIn } from "../lessons/catalogue.ts";
import { LONGEST_YAML } from "../protocol/embedding.ts";
import { readLink } from "../storage/link.ts";
import { isLesson, type PlaygroundOptions, type Refusal } from "./options.ts";
import { type Sketch, sketchState, sketchYaml } from "./sketch.ts";

/** What a playground begins with. */
export interface Beginning {
  /** Applied when the cluster is ready, and shown in the editor. */
  readonly manifest: { readonly file: string; readonly yaml: string } | undefined;
  /** A cluster file to start from. */
  readonly archive: Uint8Array | undefined;
  readonly lesson: { readonly title: string; readonly summary: string } | undefined;
  /** For the poster. */
  readonly sketches: readonly Sketch[];
  readonly refused: readonly Refusal[];
}

/** Reads what the frame's address names. Never rejects: what cannot be had is refused, and the rest stands. */
export async function readBeginning(options: PlaygroundOptions, language: Language): Promise<Beginning> {
  const refused = [...options.refused];
  const refuse = (refusal: Refusal) => {
    refused.push(refusal);
    return undefined;
  };
  const [manifest, state, lesson] = await Promise.all([
    readManifest(options, refuse),
    readState(options.state, refuse),
    describeLesson(options, language),
  ]);
  const sketches = state?.sketches ?? (manifest === undefined ? [] : sketchYaml(manifest.yaml));
  return { manifest, archive: state?.archive, lesson, sketches, refused };
}

const FILE = "manifest.yaml";

async function readManifest({ yaml, source }: PlaygroundOptions, refuse: (refusal: Refusal) => undefined) {
  if (yaml !== undefined || source === undefined || isLesson(source)) {
    return yaml === undefined ? undefined : { file: FILE, yaml };
  }
  try {
    // A redirect could lead to another origin.
    const response = await fetch(source, { redirect: "error" });
    if (!response.ok) {
      throw new Error(`HTTP ${response.status}`);
    }
    const text = await response.text();
    if (text.length > LONGEST_YAML) {
      return refuse({ kind: "large", what: "src", most: LONGEST_YAML });
    }
    return { file: source.pathname.split("/").at(-1) || FILE, yaml: text };
  } catch (error) {
    return refuse({ kind: "missing", address: source.pathname, reason: reasonOf(error) });
  }
}

async function readState(state: string | undefined, refuse: (refusal: Refusal) => undefined) {
  if (state === undefined) {
    return undefined;
  }
  try {
    const archive = await readLink(`#cluster=${state}`);
    return archive === null ? undefined : { archive, sketches: sketchState(archive) };
  } catch (error) {
    return refuse({ kind: "state", reason: reasonOf(error) });
  }
}

/** Of a lesson from outside only the engine, once it runs, can read more than the name of its archive. */
function describeLesson({ query, source }: PlaygroundOptions, language: Language) {
  const { id } = query.lesson;
  if (id !== undefined) {
    return readLesson(id, language);
  }
  const file = source?.pathname.split("/").at(-1) ?? "";
  return isLesson(source) ? { title: file.replace(/\.zip$/i, ""), summary: "" } : undefined;
}

/** Without it the page says that there is no such lesson. */
async function readLesson(id: string, language: Language) {
  const catalogue = await loadCatalogue().catch((): LessonEntry[] => []);
  const entry = catalogue.find((candidate) => candidate.id === id);
  return entry === undefined
    ? undefined
    : { title: titleIn(entry, language), summary: entry.summaries[language] ?? "" };
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
