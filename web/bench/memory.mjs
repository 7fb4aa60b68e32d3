/** Memory in use, in bytes. */
import { residentBytes } from "../test/drivers/processes.mjs";

/** Resident memory of the process that the page and its workers run in; undefined where the system does not tell. */
export async function rendererMemory(page) {
  const id = await page.renderer();
  return id === undefined ? undefined : residentBytes(id) || undefined;
}

/**
 * What Go says of itself. To ask is work for Go, and may be the first of its kind: the
 * renderer's memory is read before it, and what comes after it has it in.
 */
export async function goMemory(page) {
  const metrics = await page.evaluate(async () => (await window.tabernetes.fetch("/metrics")).text());
  const read = (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1]);
  return { heap: read("go_memstats_heap_alloc_bytes"), system: read("go_memstats_sys_bytes") };
}
