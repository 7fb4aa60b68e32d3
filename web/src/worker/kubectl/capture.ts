/**
 * The worker script of the build that hands out kubectl's memory, as ../capture.ts
 * hands out the control plane's. There is no cluster.
 */
import { CALENDAR_START } from "../../protocol/clock.ts";
import type {
  ClusterAnswer,
  ClusterRequest,
  TerminalMessage,
  TerminalRequest,
} from "../../protocol/kubectl.ts";
import { type CaptureScope, imageOf } from "../capturing.ts";
import { Kubectl } from "./kubectl.ts";
import type { KubectlState, StandingKubectl } from "./parking.ts";

const scope = globalThis as unknown as CaptureScope<Omit<Extract<TerminalRequest, { type: "boot" }>, "port">>;

/** A port to a control plane that only tells the time, which stands still. */
function standingTime(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<ClusterRequest>) => {
    if (data.type === "time") {
      port1.postMessage({ type: "time", now: CALENDAR_START } satisfies ClusterAnswer);
    }
  };
  return port2;
}

function capture({ point, wake, program, module, host, clock }: StandingKubectl): void {
  const state: KubectlState = { program: program.capture(wake, { host }), time: clock.capture() };
  scope.postMessage(imageOf({ program, module }, point, state));
}

function tell(message: TerminalMessage): void {
  if (message.type === "panic") {
    scope.postMessage({ type: "failed", message: message.message });
  }
}

scope.onmessage = ({ data }) => {
  const boot = { ...data, port: standingTime() };
  const kubectl = new Kubectl(boot, {
    post: tell,
    loadScript: (url) => scope.importScripts(url),
    fetch: (url, init) => scope.fetch(url, init),
    capture,
  });
  void kubectl.boot(boot);
};
