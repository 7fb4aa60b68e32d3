import type { Tabernetes, TrafficOptions } from "../client/api.ts";
import { blob, number, record, text, texts } from "../client/arguments.ts";

/** A function of the page's interface for a page that embeds it; the arguments are not trusted. */
type Call = (api: Tabernetes, values: readonly unknown[], signal: AbortSignal) => unknown;

/**
 * The page's interface by the names under which it is called from outside: without
 * what concerns the clusters of a browser, as a playground's is kept nowhere.
 */
export const CALLS: Readonly<Record<string, Call>> = {
  version: (api) => api.version,
  ready: (api) => api.ready,
  apply: (api, [yaml]) => api.apply(text(yaml, "yaml")),
  kubectl: (api, [list, given], signal) => {
    const options = record(given, "options");
    const files = Object.entries(record(options.files, "files"));
    return api.kubectl(texts(list, "args"), {
      ...(options.stdin === undefined ? {} : { stdin: text(options.stdin, "stdin") }),
      files: Object.fromEntries(files.map(([name, value]) => [name, text(value, name)])),
      signal,
    });
  },
  run: (api, [line], signal) => api.run(text(line, "line"), { signal }),
  "clock.state": ({ clock }) => ({ now: clock.now(), rate: clock.rate, paused: clock.paused }),
  "clock.setRate": ({ clock }, [rate]) => clock.setRate(number(rate, "rate")),
  "clock.pause": ({ clock }) => clock.pause(),
  "clock.resume": ({ clock }) => clock.resume(),
  "clock.step": ({ clock }) => clock.step(),
  "clock.skip": ({ clock }, [given]) => {
    const { seconds } = record(given, "until");
    return clock.skip(seconds === undefined ? { settled: true } : { seconds: number(seconds, "seconds") });
  },
  "traffic.start": ({ traffic }, [service, perSecond, given]) => {
    const { path, timeoutSeconds } = record(given, "options");
    const options: TrafficOptions = {
      ...(path === undefined ? {} : { path: text(path, "path") }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: number(timeoutSeconds, "timeoutSeconds") }),
    };
    return traffic.start(text(service, "service"), number(perSecond, "perSecond"), options);
  },
  "traffic.stop": ({ traffic }, [service]) => traffic.stop(text(service, "service")),
  "traffic.stats": ({ traffic }, [service]) => traffic.stats(text(service, "service")),
  "traffic.all": ({ traffic }) => traffic.all(),
  "history.revisions": ({ history }) => history.revisions(),
  "history.at": ({ history }, [revision]) => history.at(number(revision, "revision")),
  "history.restore": ({ history }, [revision]) => history.restore(number(revision, "revision")),
  manifests: ({ clusters }) => clusters.manifests(),
  link: ({ clusters }) => clusters.link(),
  export: (api) => api.export(),
  import: (api, [file]) => api.import(blob(file, "file")),
  reset: (api) => api.reset(),
};
