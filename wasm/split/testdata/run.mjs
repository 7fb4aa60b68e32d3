/**
 * Runs a program that wasm/split has parted: node run.mjs WASM_EXEC PREFIX. The deferred
 * module comes a while after it is asked for, as from a network. Behind what the program
 * prints stands how often Go was suspended.
 */
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const [script, prefix] = process.argv.slice(2);
runInThisContext(readFileSync(script, "utf8"), { filename: script });

const moduleOf = (ending) => new WebAssembly.Module(readFileSync(prefix + ending));
const primary = moduleOf(".wasm");
const [section] = WebAssembly.Module.customSections(primary, "tabernetes.parts");
const { pages } = JSON.parse(new TextDecoder().decode(section));
const memory = new WebAssembly.Memory({ initial: pages });
new WebAssembly.Instance(moduleOf(".data.wasm"), { tabernetes: { memory } });

const view = new DataView(memory.buffer);
// As web/src/worker/functions.ts.
const [packed] = WebAssembly.Module.customSections(primary, "tabernetes.functions");
const [functionTable, functions, first, records] = new Uint32Array(packed);
for (let number = 0, place = 0, name = 0; number < functions; number++) {
  const entry = functionTable + number * 8;
  place += view.getUint32(entry + 4, true);
  const record = records + place;
  name += view.getUint32(record + 4, true);
  for (const [at, value] of [[entry, first + number], [entry + 4, place], [record, first + number], [record + 4, name]]) {
    view.setUint32(at, value, true);
  }
}

const go = new Go();
go.env = { GOGC: "1" };
let suspensions = 0;
const load = () => {
  suspensions++;
  setTimeout(() => {
    const { exports } = instance;
    const shared = Object.fromEntries(Object.entries(exports).filter(([name]) => /^(table|global\.)/.test(name)));
    new WebAssembly.Instance(moduleOf(".deferred.wasm"), {
      ...go.importObject,
      tabernetes: { memory, ...shared },
    });
    exports.wasm_pc_f_loop();
    if (go.exited) {
      go._resolveExitPromise();
    }
  }, 10);
  return 0;
};
const instance = new WebAssembly.Instance(primary, { ...go.importObject, tabernetes: { memory, load } });
await go.run(instance);
process.stdout.write(`suspended ${suspensions}\n`);
