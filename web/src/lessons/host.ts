import type { Emitter } from "../client/emitter.ts";
import type { Execution, OutputListener } from "../client/kubectl/contract.ts";
import type { ApplyReply } from "../protocol/apply.ts";
import type { StoredFile } from "../protocol/kubectl.ts";
import type { LessonEvents } from "../protocol/lessons.ts";

/** What the lessons need of the page. */
export interface LessonHost {
  /** Takes what the lesson reports, for those who embed or script the page. */
  readonly progress: Emitter<LessonEvents>;
  /** Puts the YAML into the editor. */
  open(file: string, yaml: string): void;
  /** Applies what `open` put there. */
  apply(yaml: string): Promise<ApplyReply>;
  /** Runs lines in the terminal's shell, with the given files in place. */
  run(lines: string, files: readonly StoredFile[], output: OutputListener): Promise<Execution>;
  /** The user has chosen a lesson. */
  chosen(id: string): void;
}
