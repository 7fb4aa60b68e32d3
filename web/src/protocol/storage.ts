/** What a cluster file has in it. */
export interface ArchiveSummary {
  /** The version that made it. */
  readonly kubernetes: string;
  readonly revision: number;
  readonly objects: number;
  /** What the page put there, or null. */
  readonly page: unknown;
}

/** What is wrong with a file from which no cluster can start: the faults of engine/controlplane/journal/fault.go. */
export type ArchiveFault = "large" | "cutOff" | "foreign" | "newer" | "altered" | "invalid" | "unreadable";

export interface ArchiveRefusal {
  readonly fault: ArchiveFault;
  /** Of `invalid` a path in the file, such as `history[3]`; of `unreadable` the object's key; else empty. */
  readonly at: string;
}

/** Why a cluster is not stored: the reasons of wasm/indexeddb/failure.go. */
export type StorageReason =
  | "denied"
  | "blocked"
  | "full"
  | "evicted"
  | "corrupted"
  | "newer"
  | "aborted"
  | "taken"
  | "failed";

/** The oldest and the newest revision of the store that can be shown. */
export interface Revisions {
  readonly first: number;
  readonly last: number;
}
