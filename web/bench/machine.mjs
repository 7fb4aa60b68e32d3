/** What the figures were taken on. */
import { cpus, loadavg, totalmem } from "node:os";

/** `load`: processes that wanted to run in the last minute, the bench's own among them. */
export function machine() {
  return { processors: cpus().length, model: cpus()[0]?.model, memory: totalmem(), load: loadavg()[0] };
}
