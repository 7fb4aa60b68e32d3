import type { FileStore } from "../client/kubectl.ts";
import type { StoredFile } from "../kubectlprotocol.ts";
import type { BootOptions } from "../protocol.ts";
import { readPreference, writePreference } from "./preferences.ts";

/** The terminal's files, kept with the cluster they are for; nothing is kept of a cluster in memory. */
export function filesStore({ cluster, storage }: Pick<BootOptions, "cluster" | "storage">): FileStore {
  const name = `files:${cluster}`;
  return {
    load() {
      if (storage === "memory") {
        return [];
      }
      try {
        const value: unknown = JSON.parse(readPreference(name) ?? "[]");
        return Array.isArray(value) ? value.filter(isStoredFile) : [];
      } catch {
        return [];
      }
    },
    save(files) {
      if (storage !== "memory") {
        writePreference(name, files.length === 0 ? undefined : JSON.stringify(files));
      }
    },
  };
}

function isStoredFile(value: unknown): value is StoredFile {
  return (
    typeof value === "object" &&
    value !== null &&
    "path" in value &&
    typeof value.path === "string" &&
    "text" in value &&
    typeof value.text === "string"
  );
}
