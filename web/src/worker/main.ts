/**
 * The worker script. The worker's name may tell it to prepare; one message boots
 * a control plane, all others go to that control plane.
 */
import type { PageMessage, Prepare, WorkerMessage } from "../protocol/messages.ts";
import { ControlPlane } from "./controlplane.ts";
import { fetchFile, loadScript } from "./module/files.ts";
import { Preparation } from "./preparation.ts";
import type { ControlPlaneSurroundings } from "./surroundings.ts";

/** The members of DedicatedWorkerGlobalScope used here. */
interface Scope {
  /** Absent where the worker is a Node thread. */
  readonly name?: string;
  onmessage: ((event: { data: PageMessage }) => void) | null;
  postMessage(message: WorkerMessage, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
const surroundings: ControlPlaneSurroundings<WorkerMessage> = {
  post: (answer, transfer) => scope.postMessage(answer, transfer ?? []),
  loadScript,
  fetch: fetchFile,
  now: () => performance.now(),
  later: (delay, run) => void setTimeout(run, delay),
};
let preparation: Preparation | undefined;
let controlPlane: ControlPlane | undefined;

if (scope.name) {
  const { options, archive, ...sources } = JSON.parse(scope.name) as Prepare;
  preparation = new Preparation(sources, surroundings);
  void preparation.begin(options, archive);
}

scope.onmessage = ({ data: message }) => {
  switch (message.type) {
    case "boot":
      if (preparation?.isOf(message) !== true) {
        preparation = new Preparation(message, surroundings);
      }
      controlPlane = new ControlPlane(message, preparation, surroundings);
      void controlPlane.boot(message);
      break;
    default:
      controlPlane?.receive(message);
  }
};
