/**
 * The worker script of kubectl and the terminal's shell. Its first message boots
 * them, all others go to them.
 */
import type { TerminalMessage, TerminalRequest } from "../../protocol/kubectl.ts";
import { fetchFile, loadScript } from "../module/files.ts";
import { Kubectl } from "./kubectl.ts";

/** The members of DedicatedWorkerGlobalScope used here. */
interface Scope {
  onmessage: ((event: { data: TerminalRequest }) => void) | null;
  postMessage(message: TerminalMessage, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
let kubectl: Kubectl | undefined;

scope.onmessage = ({ data: message }) => {
  if (message.type !== "boot") {
    kubectl?.receive(message);
    return;
  }
  kubectl = new Kubectl(message, {
    post: (answer, transfer) => scope.postMessage(answer, transfer ?? []),
    loadScript,
    fetch: fetchFile,
  });
  void kubectl.boot(message);
};
