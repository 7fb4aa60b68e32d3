import type { Client } from "../client/client.ts";
import type { Emitter } from "../client/emitter.ts";
import type { Execution, OutputListener } from "../client/kubectl/contract.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import type { ApplyReply } from "../protocol/apply.ts";
import type { StoredFile } from "../protocol/kubectl.ts";
import type { LessonEvents, LessonStart, LessonStep } from "../protocol/lesson.ts";
import type { LessonFiles } from "./foreign/kept.ts";
import type { ProgressStore } from "./progress.ts";
import type { LessonRecord } from "./record.ts";
import type { Wanted } from "./wanted.ts";

/** What a lesson's block needs of the page. */
export interface BlockHost {
  /** Puts the YAML into the editor. */
  open(file: string, yaml: string): void;
  /** Applies what `open` put there. */
  apply(yaml: string): Promise<ApplyReply>;
  /** Runs lines in the terminal's shell, with the given files in place. */
  run(lines: string, files: readonly StoredFile[], output: OutputListener): Promise<Execution>;
}

/** What a lesson under way needs of the cluster and of the page. */
export interface RunHost {
  readonly client: Pick<
    Client,
    "ready" | "imported" | "on" | "lesson" | "command" | "revisions" | "restore" | "clock"
  >;
  readonly shell: Pick<Kubectl, "on" | "restore">;
  /** That of a new cluster: it chooses the variant of a lesson that has some. */
  readonly seed: number;
  /** Cluster seconds per host second of a lesson that does not say how fast its clock goes. */
  readonly rate: number;
  /** What is kept with this cluster of a lesson. */
  load(): LessonRecord | undefined;
  save(record: LessonRecord | undefined): void;
  /** Keeps a lesson from outside of the site with this cluster, which is for it. */
  keep(lesson: LessonFiles): void;
  /** Types lines into the terminal for all to see, and runs them; resolves with their exit status. */
  show(lines: string, signal: AbortSignal): Promise<number>;
  /** Runs lines out of sight; resolves with their exit status. */
  run(lines: string): Promise<number>;
  /** Whether a new cluster has the machines, the time and the seed that the start asks for. */
  fits(start: LessonStart): boolean;
  /** Deletes every object and starts an empty cluster, as the start asks for. */
  reset(start: LessonStart): Promise<void>;
}

/** What the lessons need of the page. */
export interface LessonHost {
  readonly blocks: BlockHost;
  readonly run: RunHost;
  readonly progress: ProgressStore;
  /** Takes what the lesson reports, for those who embed or script the page. */
  readonly events: Emitter<LessonEvents>;
  /** What a link for a class leaves out. */
  readonly shows: { readonly hints: boolean; readonly solutions: boolean };
  /** Undefined when the page was not opened by the link of a class. */
  readonly classroom: ClassroomStore | undefined;
  /** Undefined where no school's system has opened the page. */
  readonly keeper: RecordKeeper | undefined;
  /** Whether this page's cluster is that of a lesson. */
  isOwn(lesson: Wanted): boolean;
  /** The address at which a lesson has a cluster of its own. */
  addressOf(lesson: Wanted): string;
  /** Opens a lesson from outside of the site in a cluster of its own; undefined where nothing can be stored. */
  readonly openForeign: ((lesson: LessonFiles) => Promise<void>) | undefined;
  /** The address of the learner's own cluster. */
  readonly home: string;
  /** Makes a cluster without a lesson from this one, as it is now, and opens it; undefined where nothing can be stored. */
  readonly sandbox: (() => Promise<void>) | undefined;
  /** Offers bytes as a download. */
  download(blob: Blob, name: string): void;
}

/** How far a learner is in a lesson, and in which one. */
export interface Standing {
  readonly record: LessonRecord;
  /** The steps that can be passed. */
  readonly steps: readonly LessonStep[];
  /** The title of the lesson, and its language. */
  readonly title: string;
  readonly language: string;
}

/** A school's system, which keeps a lesson across browsers (src/school). */
export interface RecordKeeper {
  /** What it has of a lesson; undefined at the first visit. */
  kept(lesson: string): LessonRecord | undefined;
  /** The lesson has gone on; `resumed`: it only is again where it was. */
  note(standing: Standing, resumed: boolean): void;
}

/** The name by which a learner agreed to report to the class; empty for who would rather not. */
export interface ClassroomStore {
  load(): string | undefined;
  save(name: string): void;
}
