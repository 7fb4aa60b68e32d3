/** The custom section's name, as in wasm/split, which packed the table of functions. */
const SECTION_NAME = "tabernetes.functions";

/** The 32-bit words of an entry in the table, runtime.functab of Go: the number of a function, and where its record is. */
const ENTRY_WORDS = 2;

/**
 * Writes the table of a program's functions, and the heads of their records, into a
 * memory with which the module has not run. In the data of a module and in an image the
 * places of records and names are differences to those of the function before, and the
 * functions' numbers are left out: what is computed here in a few milliseconds need not
 * be fetched.
 */
export function restoreFunctions(module: WebAssembly.Module, memory: WebAssembly.Memory): void {
  const [content] = WebAssembly.Module.customSections(module, SECTION_NAME);
  if (content === undefined) {
    return;
  }
  const [table, count, first, records] = new Uint32Array(content);
  if (table === undefined || count === undefined || first === undefined || records === undefined) {
    throw new Error(`the module's section ${SECTION_NAME} is cut off`);
  }
  // The processors that browsers run on are little-endian, as is WebAssembly.
  const words = new Uint32Array(memory.buffer);
  const entries = table / Uint32Array.BYTES_PER_ELEMENT;
  let place = records;
  let name = 0;
  for (let number = 0; number < count; number++) {
    const entry = entries + number * ENTRY_WORDS;
    place += words[entry + 1] ?? 0;
    const record = place / Uint32Array.BYTES_PER_ELEMENT;
    name += words[record + 1] ?? 0;
    words[entry] = first + number;
    words[entry + 1] = place - records;
    words[record] = first + number;
    words[record + 1] = name;
  }
}
