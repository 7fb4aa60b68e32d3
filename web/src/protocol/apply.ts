import type { Refusal } from "./refusal.ts";

/** One object of a YAML stream, in the order of the stream. */
export type ApplyResult = AppliedObject | RejectedObject;

export interface AppliedObject {
  readonly index: number;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
  readonly result: "created" | "configured" | "unchanged";
  /** The texts of the API's `Warning` headers for this object. */
  readonly warnings: readonly string[];
  /** In a dry run: the object as it is, in YAML without managed fields; absent for one that does not exist. */
  readonly before?: string;
  /** In a dry run: the object as it would be. */
  readonly after?: string;
}

export interface RejectedObject {
  readonly index: number;
  /** Absent if the document could not be read that far. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly error: ApplyError;
  readonly warnings: readonly string[];
}

export interface ApplyError {
  /** Upstream's message, whole. */
  readonly message: string;
  /** 1-based, in the whole text that was applied. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The API status reason, such as `Invalid` or `AlreadyExists`. */
  readonly reason?: string;
  /** Who has refused the object; absent where nobody has, but the object is not valid. */
  readonly refusal?: Refusal;
}

export interface ApplyReply {
  readonly results: readonly ApplyResult[];
}
