import { messageOf } from "../../client/errors.ts";
import type { Text } from "../../language/text.ts";
import { FilesError } from "./files.ts";
import { MOST_BYTES, MOST_FILES } from "./kept.ts";

/** Says why a lesson could not be opened. */
export function sayFilesFault(error: unknown, { learning }: Text): string {
  if (!(error instanceof FilesError)) {
    return messageOf(error);
  }
  const { refused } = learning.foreign;
  switch (error.fault) {
    case "plan":
      return refused.plan;
    case "large":
      return refused.large(MOST_FILES, MOST_BYTES >> 20);
    case "archive":
      return refused.archive(error.file);
    case "text":
      return refused.text(error.file);
    case "unreadable":
      return refused.unreadable;
    case "foreign":
      return refused.foreign(error.file);
    case "missing":
      return refused.missing(error.file);
  }
}
