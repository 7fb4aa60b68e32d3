/**
 * The script of the frame's page: it shows what the playground begins with, connects
 * to the page that shows the frame, and loads everything else when it is started.
 */
import { isTheme, type Theme, ThemeSwitch } from "../app/frame/theme.ts";
import { savesData } from "../app/idle.ts";
import { SiteModule } from "../app/modules.ts";
import { buildAddress } from "../dom/buildaddress.ts";
import { LANGUAGE_TAGS, preferredLanguage } from "../language/language.ts";
import { siteWorker } from "../loading/files.ts";
import type { HostMessage } from "../protocol/embedding.ts";
import type { Prepare } from "../protocol/messages.ts";
import { type Beginning, readBeginning } from "./beginning.ts";
import { Host } from "./host.ts";
import { readOptions } from "./options.ts";
import { Poster } from "./poster.ts";
import type { Session } from "./session.ts";
import { reportHeight } from "./size.ts";
import { sayRefusal, WORDS } from "./words.ts";

const MEGABYTE = 1e6;

function open(root: HTMLElement): void {
  const options = readOptions(new URL(location.href));
  const { query } = options;
  const language = query.language ?? preferredLanguage(navigator.languages);
  const words = WORDS[language];
  let theme: Theme = query.theme ?? "auto";
  const theming = new ThemeSwitch(theme);
  document.documentElement.lang = LANGUAGE_TAGS[language];
  document.documentElement.classList.toggle("auto-height", options.autoHeight);

  const host = new Host(options.host, receive, window);
  reportHeight((height) => host.emit("resize", { height }));

  // 1. The poster.
  const beginning: Promise<Beginning> = readBeginning(options, language).then((read) => {
    poster.show(read);
    document.title = read.lesson?.title ?? words.title;
    for (const refusal of read.refused) {
      host.emit("error", { message: sayRefusal(refusal, words) });
    }
    return read;
  });
  const poster = new Poster({
    words,
    megabytes: firstMegabytes(),
    onStart: () => void start(),
    onIntent: () => {
      if (!savesData()) {
        prepare();
      }
    },
  });
  document.title = words.title;
  root.replaceChildren(poster.element);

  // 2. What a start needs, also ahead of it.
  let worker: Worker | undefined;
  let code: Promise<typeof import("./session.ts")> | undefined;
  function prepare(): Promise<typeof import("./session.ts")> {
    code ??= import("./session.ts").catch((error: unknown) => {
      code = undefined;
      throw error;
    });
    if (session === undefined && worker === undefined) {
      const message: Prepare = {
        wasm: new SiteModule("controlplane").source,
        wasmExec: buildAddress("wasm_exec.js"),
        options: { ...query.boot, storage: "memory" },
        archive: options.state !== undefined,
      };
      worker = siteWorker("worker.js", { name: JSON.stringify(message) });
    }
    return code;
  }

  // 3. The start.
  let session: Promise<Session> | undefined;
  function start(): Promise<Session> {
    session ??= run().catch((error: unknown) => {
      // The reader can try again.
      session = undefined;
      const message = error instanceof Error ? error.message : String(error);
      host.emit("error", { message });
      throw error;
    });
    return session;
  }

  async function run(): Promise<Session> {
    const prepared = prepare();
    const [{ Session }, read] = await Promise.all([prepared, beginning]);
    return await Session.start({
      root,
      options,
      beginning: read,
      language,
      theme,
      words,
      host,
      takeWorker: () => {
        const prepared = worker;
        worker = undefined;
        return prepared;
      },
    });
  }

  function receive(message: HostMessage): void {
    switch (message.type) {
      case "theme":
        if (isTheme(message.theme)) {
          theme = message.theme;
          theming.set(theme);
          void session?.then((running) => running.showTheme(theme));
        }
        break;
      case "rest":
        void session?.then((running) => running.rest());
        break;
      case "start":
        void start().then(
          (running) => running.goOn(),
          () => undefined,
        );
        break;
      default:
        // Whoever asks something of the cluster wants it to run.
        void start().then(
          (running) => running.receive(message),
          (error: unknown) => host.post({ type: "failed", id: message.id, message: String(error) }),
        );
    }
  }

  if (options.start === "auto") {
    void start().catch(() => undefined);
  } else if (options.start === "visible") {
    whenVisible(root, () => void start().catch(() => undefined));
  }
}

/** Calls a function once when half of the element is on the reader's screen. */
function whenVisible(element: HTMLElement, run: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        observer.disconnect();
        run();
      }
    },
    { threshold: 0.5 },
  );
  observer.observe(element);
}

/** What a first start loads, as the build has written into the page; undefined if it has not. */
function firstMegabytes(): number | undefined {
  const bytes = Number(document.documentElement.dataset.firstBytes);
  return bytes > 0 ? Math.round(bytes / MEGABYTE) : undefined;
}

const root = document.getElementById("page");
if (root !== null) {
  open(root);
}
