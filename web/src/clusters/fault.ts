import { FileRefused, messageOf, NotRunning } from "../client/errors.ts";
import type { Text } from "../language/language.ts";
import { LinkTooLong } from "../storage/desk.ts";
import { ClusterError } from "../storage/faults.ts";
import { LinkError } from "../storage/link.ts";

/** One sentence on what went wrong with a whole cluster, in the language of the page. */
export function sayFault(error: unknown, { storage }: Text): string {
  if (error instanceof ClusterError) {
    return storage.faults[error.fault](error.cluster);
  }
  if (error instanceof NotRunning) {
    return storage.notRunning[error.reason];
  }
  if (error instanceof FileRefused) {
    return storage.fileRefused(error.message);
  }
  if (error instanceof LinkError) {
    return storage.linkFaults[error.fault];
  }
  if (error instanceof LinkTooLong) {
    return storage.linkTooLong(error.length);
  }
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return storage.reasons.full;
  }
  return storage.unexpected(messageOf(error));
}
