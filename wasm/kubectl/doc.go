// Command kubectl is the WebAssembly module of the page's second worker: kubectl
// (engine/client/kubectl) and the terminal's shell (engine/userland/shell) over a file system in
// memory (engine/userland/filesystem).
//
// It knows the cluster only as an API behind a transport. Requests, commands,
// output and the time come from its worker, web/src/worker/kubectl, by calls and
// callbacks of one object, globalThis.tabernetesKubectlHost; host.ts there
// describes it from the other side. The rules at that boundary are those of
// wasm/bridge: a callback never waits, and bytes are copied.
package main
