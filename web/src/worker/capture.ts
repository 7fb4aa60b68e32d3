/**
 * The worker script of the build: it runs a control plane with the default options
 * and hands out its memory at each point where it can be captured. web/capture.mjs
 * gives it the globals of a browser's worker.
 *
 * Nothing here depends on the machine or the date, so the same build gives the same
 * images.
 */
import type { PageMessage, WorkerMessage } from "../protocol/messages.ts";
import { type CaptureScope, imageOf } from "./capturing.ts";
import { ControlPlane } from "./controlplane.ts";
import type { ControlPlaneState, Standing } from "./parking.ts";
import { Preparation } from "./preparation.ts";
import type { ControlPlaneSurroundings } from "./surroundings.ts";

const scope = globalThis as unknown as CaptureScope<PageMessage>;
/** What a page would have been told about the cluster. */
const told: WorkerMessage[] = [];

function capture(standing: Standing): void {
  const { point, wake, program, api } = standing;
  if (standing.holds > 0) {
    throw new Error(`${standing.holds} operations of the host are under way at the point ${point}`);
  }
  standing.frames.flush();
  const state: ControlPlaneState = {
    point,
    program: program.capture(wake, { host: standing.host, ...(api === null ? {} : { api }) }),
    time: standing.time.capture(),
    random: standing.random.capture(),
    api: api === null ? null : program.numbersOf(api),
    told: [...told],
  };
  scope.postMessage(imageOf(standing, point, state));
}

function tell(message: WorkerMessage): void {
  switch (message.type) {
    case "frame":
    case "timeline":
    case "log":
      told.push(message);
      break;
    case "panic":
      scope.postMessage({ type: "failed", message: message.message });
      break;
  }
}

scope.onmessage = ({ data: message }) => {
  if (message.type !== "boot") {
    return;
  }
  const surroundings: ControlPlaneSurroundings<WorkerMessage> = {
    post: tell,
    loadScript: (url) => scope.importScripts(url),
    fetch: (url, init) => scope.fetch(url, init),
    now: () => 0,
    later: () => undefined,
    capture,
  };
  void new ControlPlane(message, new Preparation(message, surroundings), surroundings).boot(message);
};
