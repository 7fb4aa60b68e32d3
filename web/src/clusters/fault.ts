import { FileRefused, messageOf, NotRunning } from "../client/errors.ts";
import type { Text } from "../language/text.ts";
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
    return storage.fileRefused(sayRefusal(error, storage));
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

/** One sentence on why the cluster that the page's address carries was not opened. */
export function sayLinkFault(error: Error, { storage }: Text): string {
  if (error instanceof LinkError) {
    return storage.linkFaults[error.fault];
  }
  return storage.linkRefused(error instanceof FileRefused ? sayRefusal(error, storage) : error.message);
}

function sayRefusal({ refusal: { fault, at } }: FileRefused, storage: Text["storage"]): string {
  return storage.fileFaults[fault](at);
}
