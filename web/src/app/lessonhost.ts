import type { Client } from "../client/client.ts";
import type { Kubectl } from "../client/kubectl/kubectl.ts";
import type { Editor } from "../editor/editor.ts";
import type { LessonHost } from "../lessons/host.ts";
import type { PageStore } from "../storage/pagestore.ts";

/** The session of the terminal's shell in which the blocks of lessons run. */
const SESSION = "lesson";

/** What a lesson can do on this page. */
export function lessonHost(
  client: Client,
  kubectl: Kubectl,
  editor: Editor,
  store: PageStore,
  progress: LessonHost["progress"],
): LessonHost {
  return {
    progress,
    open: (file, yaml) => editor.open({ file, yaml }),
    apply: (yaml) => client.apply(yaml),
    chosen: (id) => store.set("lesson", { id }),
    run: async (lines, files, output) => {
      await Promise.all(files.map(({ path, text }) => kubectl.writeFile(path, text)));
      return kubectl.run(SESSION, lines, output);
    },
  };
}
