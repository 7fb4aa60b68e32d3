/** Runs a program that is not parted: node run.mjs WASM_EXEC MODULE. */
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const [script, file] = process.argv.slice(2);
runInThisContext(readFileSync(script, "utf8"), { filename: script });
const go = new Go();
// A collection at every turn walks all stacks, by the functions that it finds there.
go.env = { GOGC: "1" };
const { instance } = await WebAssembly.instantiate(readFileSync(file), go.importObject);
await go.run(instance);
