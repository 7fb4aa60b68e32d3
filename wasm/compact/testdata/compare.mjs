/**
 * Runs each function before and after it was straightened: node compare.mjs DIRECTORY
 * SEED. The values with which each may be called come on standard input.
 */
import { readFileSync } from "node:fs";

const [directory, seed] = process.argv.slice(2);
const entriesOf = JSON.parse(readFileSync(0, "utf8"));
/** More than a function that ends by itself does. */
const STEPS = 300;
const TRIES = 4;

/** What a function does: where it is, until it returns, traps or has done enough. */
function traceOf(file, entry, stream) {
  const trace = [];
  let state = stream;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, {
    test: {
      note: (number) => {
        trace.push(number);
        if (trace.length > STEPS) {
          throw new RangeError("enough");
        }
      },
      choose: () => next() % 4,
      leave: () => Number(next() % 4 === 0),
    },
  });
  try {
    trace.push(`returned ${exports.run(entry)}`);
  } catch (error) {
    trace.push(error instanceof RangeError ? "goes on" : `trapped: ${error.message}`);
  }
  return trace.join(" ");
}

for (const [number, entries] of entriesOf.entries()) {
  for (const entry of entries) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [before, after] = ["before", "after"].map((name) =>
        traceOf(`${directory}/${number}.${name}`, entry, (Number(seed) + attempt) >>> 0),
      );
      if (before !== after) {
        console.log(`function ${number} called with ${entry}:\n${before}\n${after}`);
        process.exit(1);
      }
    }
  }
}
