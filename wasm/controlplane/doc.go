// Command controlplane is the WebAssembly module of the worker: it builds a
// cluster from the options that the page sent, runs it and serves it to the
// worker through wasm/bridge until the page resets it or goes away.
//
// It is started by web/src/worker, which gives it time and randomness. Between
// main and the cluster there is nothing else.
package main
