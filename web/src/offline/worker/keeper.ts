/**
 * The worker in which a page keeps the build that the site has now, and deletes those
 * that no page is of. It packs and compares some hundred megabytes, for which the page's
 * own thread has no time. It ends when it has told the outcome.
 */
import { isBuildList, LIST_FILE } from "../../protocol/build.ts";
import { Builds } from "../../protocol/builds.ts";
import { unpacked } from "../../protocol/packed.ts";
import { type KeeperFailure, type KeeperMessage, LOCKS } from "../messages.ts";
import { ForeignFileError, keepBuild, RoomError } from "./keep.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const site = new URL("./", scope.location.href).href;
const builds = new Builds(scope.caches, site);
const tell = (message: KeeperMessage) => scope.postMessage(message);

/** Tabs keep one after the other; then there is nothing left to do for the second. */
void scope.navigator.locks.request(LOCKS.keeper(site), async () => {
  try {
    const build = await keepNewest();
    await deleteUnused(build);
    tell({ type: "kept", build });
  } catch (error) {
    tell({ type: "failed", reason: reasonOf(error), message: String(error) });
  }
});

async function keepNewest(): Promise<string> {
  const response = await fetch(site + LIST_FILE, { cache: "no-store" });
  const list: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (!isBuildList(list)) {
    throw new ForeignFileError(`${response.url}: HTTP status ${response.status}, no list of a build`);
  }
  if ((await builds.list(list.build)) === undefined) {
    await keepBuild(list, {
      builds,
      site,
      fetch: (url, init) => fetch(url, init),
      unpacked: (answer) => unpacked(answer),
      packed,
      digest: sha256,
      room: async () => {
        // Missing in WebKitGTK, whatever its type says.
        const storage = scope.navigator.storage as StorageManager | undefined;
        const { usage, quota } = (await storage?.estimate()) ?? {};
        return usage === undefined || quota === undefined ? undefined : quota - usage;
      },
      onProgress: (share) => tell({ type: "progress", share }),
    });
  }
  return list.build;
}

/** Deletes the builds that nobody is shown and no page is of. */
async function deleteUnused(newest: string): Promise<void> {
  const current = await builds.current();
  for (const build of await builds.names()) {
    if (build !== newest && build !== current) {
      await scope.navigator.locks.request(LOCKS.build(site, build), { ifAvailable: true }, async (lock) => {
        if (lock !== null) {
          await builds.delete(build);
        }
      });
    }
  }
}

/** In one piece: not every browser stores a stream. */
function packed(content: ArrayBuffer): Promise<ArrayBuffer> {
  return new Response(new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

async function sha256(content: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await scope.crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function reasonOf(error: unknown): KeeperFailure {
  if (error instanceof RoomError) {
    return "room";
  }
  return error instanceof ForeignFileError ? "foreign" : "network";
}
