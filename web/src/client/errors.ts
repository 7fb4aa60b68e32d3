import type { ArchiveRefusal } from "../protocol/storage.ts";

/** The text of whatever was thrown, for the page. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why the control plane does not answer. */
export type Absence = "restarted" | "closed" | "taken" | "ended";

const ABSENCES: Readonly<Record<Absence, string>> = {
  restarted: "the control plane was restarted",
  closed: "the cluster was closed",
  taken: "another tab has the cluster",
  ended: "the control plane is not running",
};

/** The request needs a control plane, and there is none (any more). */
export class NotRunning extends Error {
  override readonly name = "NotRunning";
  readonly reason: Absence;

  constructor(reason: Absence) {
    super(ABSENCES[reason]);
    this.reason = reason;
  }
}

/** A file from which no cluster can start. The page words the refusal itself; the message is for programs. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
  readonly refusal: ArchiveRefusal;

  constructor(message: string, refusal: ArchiveRefusal) {
    super(message);
    this.refusal = refusal;
  }
}

/** The error described by a message from the worker. */
export function errorOf({
  message,
  refusal,
}: {
  readonly message: string;
  readonly refusal: ArchiveRefusal | null;
}): Error {
  return refusal === null ? new Error(message) : new FileRefused(message, refusal);
}

/**
 * The body of a response of the API, or an Error with the message of the Status
 * object that it answered with.
 */
export async function bodyOf(response: Response): Promise<string> {
  const body = await response.text();
  if (!response.ok) {
    throw new Error(statusMessage(body) ?? `HTTP ${response.status}`);
  }
  return body;
}

function statusMessage(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === "object" && status !== null && "message" in status) {
      return String(status.message);
    }
  } catch {
    // Not a Status: the transport's own text, if any.
  }
  return body.trim() === "" ? undefined : body.trim();
}
