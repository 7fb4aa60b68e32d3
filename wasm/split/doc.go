// Command split splits a WebAssembly module that Go's linker made and
// wasm/compact rewrote, so that a browser only has to load the functions that a
// program calls.
//
//	go run ./wasm/split part -profile wasm/split/profiles/kubectl.txt -o web/dist/kubectl kubectl.wasm
//
// It writes three modules over one memory, one table and the same eight registers,
// which are globals; addresses and places in the table are the linker's:
//
//   - web/dist/kubectl.wasm, the primary: the functions that a profile names, those
//     that must always be there, and for all others one function in their places of
//     the table (rewrite.go). It imports its memory.
//   - web/dist/kubectl.data.wasm: what the memory begins with. It is a module of
//     its own because a memory image takes its place.
//   - web/dist/kubectl.deferred.wasm: the other functions, and the tables by which
//     Go's runtime knows their lines, their stack maps and what is inlined in them.
//
// A call of what is deferred asks the import "load" of the primary, which
// web/src/worker/deferred.ts answers. If the deferred module is not there yet, Go
// unwinds its stack as for a switch of goroutines and returns to JavaScript; later
// the export wasm_pc_f_loop goes on with that call.
//
// Images of the memory (image.go) that were captured from the whole module are converted
// likewise: the deferred tables are removed, and the image is made to fit this build.
//
// A custom section of the primary (parts.go) holds the digests of the other two, so
// that parts of different builds are never mixed. Before anything is written, the
// parts are put together again and compared with the original module.
//
// RATIONALE.md says what it saves and how the profiles are made.
package main
