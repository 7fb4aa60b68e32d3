import type { TerminalRequest } from "../../protocol/kubectl.ts";
import { unreachable } from "../../protocol/messages.ts";
import type { GoApi } from "./host.ts";

/** The page's requests to kubectl while it runs. */
export type Request = Exclude<TerminalRequest, { readonly type: "boot" }>;

/** Calls the Go function that answers a request from the page. */
export function ask(api: GoApi, request: Request): void {
  switch (request.type) {
    case "run":
      api.run(request.id, request.session, request.line);
      break;
    case "kubectl":
      api.kubectl(request.id, request.args, request.stdin, request.files);
      break;
    case "input":
      api.input(request.id, request.text);
      break;
    case "interrupt":
      api.interrupt(request.id);
      break;
    case "consumed":
      api.consumed(request.id, request.bytes);
      break;
    case "complete":
      api.complete(request.id, request.session, request.line, request.cursor);
      break;
    case "prompt":
      api.prompt(request.id, request.session);
      break;
    case "close":
      api.close(request.session);
      break;
    case "file":
      api.file(request.id, request.path, request.text);
      break;
    case "edited":
      api.edited(request.id, request.text);
      break;
    default:
      unreachable(request);
  }
}
