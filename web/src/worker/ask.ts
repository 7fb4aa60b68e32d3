import { type PageMessage, unreachable } from "../protocol/messages.ts";
import type { GoApi } from "./host.ts";

/** The page's requests that the worker passes to the Go program unchanged. */
export type GoRequest = Exclude<
  PageMessage,
  { type: "boot" | "connect" | "disconnect" | "clock" | "reset" | "close" }
>;

/** Hands a request to Go, which answers it by its number. */
export function ask(api: GoApi, request: GoRequest): void {
  switch (request.type) {
    case "fetch":
      api.fetch(request.id, request.method, request.path, request.headers, request.body);
      break;
    case "pull":
    case "cancel":
    case "flush":
    case "save":
    case "manifests":
    case "revisions":
      api[request.type](request.id);
      break;
    case "apply":
      api.apply(request.id, request.yaml, request.dryRun);
      break;
    case "traffic": {
      const { command } = request;
      api.traffic(
        request.id,
        command.kind,
        command.kind === "all" ? "" : command.service,
        command.kind === "start" ? command.perSecond : 0,
        command.kind === "start" ? command.path : "",
        command.kind === "start" ? command.timeoutMilliseconds : 0,
      );
      break;
    }
    case "lesson":
      api.lesson(request.id, JSON.stringify(request.command));
      break;
    case "explain":
      api.explain(request.id, request.kind, request.namespace, request.name);
      break;
    case "store":
      api.store(request.id, request.cluster, request.archive);
      break;
    case "past":
      api.past(request.id, request.time);
      break;
    case "pastManifest":
      api.pastManifest(request.id, request.revision, request.uid);
      break;
    case "at":
      api.at(request.id, request.revision);
      break;
    case "archive":
      api.archive(request.id, request.revision ?? 0, request.history, request.small, request.page);
      break;
    case "check":
      api.check(request.id, request.archive);
      break;
    default:
      unreachable(request);
  }
}
