/**
 * The worker script. Its first message boots a control plane, the others are
 * for that one.
 */
import type { PageMessage, WorkerMessage } from "../protocol/messages.ts";
import { ControlPlane } from "./controlplane.ts";

/** Of DedicatedWorkerGlobalScope, what is used here. */
interface Scope {
  onmessage: ((event: { data: PageMessage }) => void) | null;
  postMessage(message: WorkerMessage, transfer: Transferable[]): void;
  importScripts(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

const scope = globalThis as unknown as Scope;
let controlPlane: ControlPlane | undefined;

scope.onmessage = ({ data: message }) => {
  if (message.type !== "boot") {
    controlPlane?.receive(message);
    return;
  }
  controlPlane = new ControlPlane(message, {
    post: (answer, transfer) => scope.postMessage(answer, transfer ?? []),
    loadScript: (url) => scope.importScripts(url),
    fetch: (url, init) => scope.fetch(url, init),
    now: () => performance.now(),
    later: (delay, run) => void setTimeout(run, delay),
  });
  void controlPlane.boot(message);
};
