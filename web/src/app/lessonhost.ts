import type { Client } from "../client/client.ts";
import type { Emitter } from "../client/emitter.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { download } from "../dom/download.ts";
import type { Editor } from "../editor/editor.ts";
import type { BlockHost, ClassroomStore, LessonHost, RecordKeeper, RunHost } from "../lessons/host.ts";
import { NoProgress, type ProgressStore, readProgress, writeProgress } from "../lessons/progress.ts";
import type { Wanted } from "../lessons/wanted.ts";
import type { LessonEvents, LessonStart } from "../protocol/lesson.ts";
import type { BootOptions } from "../protocol/messages.ts";
import type { Desk } from "../storage/desk.ts";
import { DEFAULT_CLUSTER, foreignCluster, lessonCluster } from "../storage/names.ts";
import type { PageStore } from "../storage/pagestore.ts";
import { addressOf } from "./keeping.ts";
import { readPreference, writePreference } from "./preferences.ts";
import type { LessonQuery } from "./query.ts";

/** The session of the terminal's shell in which the blocks of lessons run. */
const SESSION = "lesson";

/** What a sandbox is called. */
const SANDBOX = "sandbox";

export interface LessonHostOptions {
  readonly client: Client;
  readonly kubectl: Kubectl;
  readonly editor: Editor;
  readonly desk: Desk;
  readonly store: PageStore;
  readonly query: LessonQuery;
  /** Takes what the lesson reports. */
  readonly lessonEvents: Emitter<LessonEvents>;
  /** The school's system that has opened the page, if one has. */
  readonly keeper?: RecordKeeper | undefined;
  /** Seed of a new cluster. */
  readonly seed: number;
  /** Cluster seconds per host second, unless a lesson says otherwise. */
  readonly rate: number;
  /** The cluster that a lesson's start asks for. */
  bootFor(start: LessonStart): BootOptions;
  demonstrate(line: string, signal: AbortSignal): Promise<number>;
  reset(boot: BootOptions): Promise<void>;
}

/** What lessons can do on this page. */
export function lessonHost(options: LessonHostOptions): LessonHost {
  const { client, desk, query } = options;
  return {
    blocks: blockHost(options),
    run: runHost(options),
    progress: PROGRESS,
    events: options.lessonEvents,
    shows: query.shows,
    classroom: query.inClass ? CLASSROOM : undefined,
    keeper: options.keeper,
    isOwn: (lesson) => lesson.kind === "files" || desk.current === clusterOf(lesson),
    addressOf: lessonAddress,
    openForeign: desk.persistent ? (lesson) => desk.openForeign(lesson) : undefined,
    home: addressOf({ cluster: DEFAULT_CLUSTER }),
    sandbox: desk.persistent
      ? async () => {
          const { last } = await client.revisions();
          const name = await desk.freeName(SANDBOX);
          await desk.fork(last, name, { lesson: false });
          await desk.open(name);
        }
      : undefined,
    download,
  };
}

/** The cluster that is a lesson's own. */
function clusterOf(lesson: Wanted): string {
  switch (lesson.kind) {
    case "site":
      return lessonCluster(lesson.id);
    case "address":
      return foreignCluster("address", lesson.address);
    case "files":
      return foreignCluster("files", lesson.lesson.id);
  }
}

function lessonAddress(lesson: Wanted): string {
  switch (lesson.kind) {
    case "site":
      return addressOf({ lesson: lesson.id });
    case "address":
      return addressOf({ src: lesson.address });
    case "files":
      return addressOf({ cluster: clusterOf(lesson) });
  }
}

function blockHost({ client, kubectl, editor }: LessonHostOptions): BlockHost {
  return {
    open: (file, yaml) => editor.open({ file, yaml }),
    apply: (yaml) => client.apply(yaml),
    run: async (lines, files, output) => {
      await Promise.all(files.map(({ path, text }) => kubectl.writeFile(path, text)));
      return kubectl.run(SESSION, lines, output);
    },
  };
}

function runHost(options: LessonHostOptions): RunHost {
  const { client, kubectl, store, seed, rate, demonstrate, bootFor } = options;
  return {
    client,
    shell: kubectl,
    seed,
    rate,
    load: () => store.state.lesson,
    save: (record) => store.set("lesson", record),
    keep: (lesson) => store.set("foreign", lesson),
    show: demonstrate,
    run: (lines) => kubectl.run(SESSION, lines, () => undefined).ended,
    fits: (start) => isAlike(client.boot, bootFor(start)),
    reset: (start) => options.reset(bootFor(start)),
  };
}

/** Whether a new cluster is the same by either, but for what happens in it. */
function isAlike(one: BootOptions, other: BootOptions): boolean {
  return one.seed === other.seed && one.startTime === other.startTime && one.machines === other.machines;
}

const PROGRESS: ProgressStore = {
  load() {
    try {
      return readProgress(readPreference("lessons") ?? "");
    } catch (error) {
      if (error instanceof NoProgress) {
        return {};
      }
      throw error;
    }
  },
  save: (progress) => writePreference("lessons", writeProgress(progress)),
};

const CLASSROOM: ClassroomStore = {
  load: () => readPreference("class-name"),
  save: (name) => writePreference("class-name", name),
};
