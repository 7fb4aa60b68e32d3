import type { Client } from "../client/client.ts";
import type { Emitter } from "../client/emitter.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import { download } from "../dom/download.ts";
import type { Editor } from "../editor/editor.ts";
import type { BlockHost, ClassroomStore, LessonHost, RecordKeeper, RunHost } from "../lessons/host.ts";
import { NoProgress, type ProgressStore, readProgress, writeProgress } from "../lessons/progress.ts";
import type { LessonEvents } from "../protocol/lesson.ts";
import type { Desk } from "../storage/desk.ts";
import { DEFAULT_CLUSTER, lessonCluster } from "../storage/names.ts";
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
  demonstrate(line: string, signal: AbortSignal): Promise<number>;
  reset(): Promise<void>;
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
    isOwn: (lesson) => desk.current === lessonCluster(lesson),
    addressOf: (lesson) => addressOf(undefined, lesson),
    home: addressOf(DEFAULT_CLUSTER),
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

function runHost({ client, kubectl, store, seed, rate, demonstrate, reset }: LessonHostOptions): RunHost {
  return {
    client,
    shell: kubectl,
    seed,
    rate,
    load: () => store.state.lesson,
    save: (record) => store.set("lesson", record),
    show: demonstrate,
    run: (lines) => kubectl.run(SESSION, lines, () => undefined).ended,
    reset,
  };
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
