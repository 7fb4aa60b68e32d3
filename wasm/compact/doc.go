// Command compact rewrites a WebAssembly module that Go's linker made, so that
// browsers have less to load and to compile. What runs is the same.
//
//	go run ./wasm/compact -o controlplane.wasm linked.wasm
//
// A fifth of a module is one table: runtime.findfunctab, by which the runtime finds
// the function of a program counter (cmd/link/internal/ld/pcln.go). It has an entry
// for each 4096 bytes of text. On WebAssembly a function is given 65,536 addresses
// whatever its size, so there are sixteen entries of 20 bytes for each function,
// which hold nothing but the function's number. wasm/overlay has the runtime compute
// that, and compact leaves the table out of the module's data.
//
// Functions jump straight to their targets instead of by way of their head: see
// straighten.
//
// "make build" calls it. RATIONALE.md says what it saves.
package main
