/** Named by wasm/compact, which left the table out of the module. */
const SECTION_NAME = "tabernetes.findfunctab";

/** Of an entry, runtime.findfuncbucket of Go: the number of a function and 16 bytes that are zero here. */
const ENTRY_SIZE = 20;
const ENTRIES_PER_FUNCTION = 16;

/**
 * Writes the table by which Go's runtime finds the function of a program counter
 * into a memory with which the module has not run: wasm/compact leaves it out of a
 * module, a fifth of whose bytes it was. A module that has it is left alone.
 */
export function restoreTable(module: WebAssembly.Module, memory: WebAssembly.Memory): void {
  const place = placeOf(module);
  if (place === undefined) {
    return;
  }
  const view = new DataView(memory.buffer, place.address, place.count * ENTRY_SIZE);
  for (let entry = ENTRIES_PER_FUNCTION; entry < place.count; entry++) {
    view.setUint32(entry * ENTRY_SIZE, Math.floor(entry / ENTRIES_PER_FUNCTION), true);
  }
}

/** Takes the table out of a memory again. */
export function clearTable(module: WebAssembly.Module, memory: ArrayBuffer): void {
  const place = placeOf(module);
  if (place !== undefined) {
    new Uint8Array(memory, place.address, place.count * ENTRY_SIZE).fill(0);
  }
}

function placeOf(module: WebAssembly.Module): { address: number; count: number } | undefined {
  const [place] = WebAssembly.Module.customSections(module, SECTION_NAME);
  if (place === undefined) {
    return undefined;
  }
  const [address, count] = new Uint32Array(place);
  if (address === undefined || count === undefined) {
    throw new Error(`the module's section ${SECTION_NAME} is cut off`);
  }
  return { address, count };
}
