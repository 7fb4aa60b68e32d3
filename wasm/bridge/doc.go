// Package bridge connects a cluster in WebAssembly with the JavaScript of its
// worker: calls and callbacks of one object, globalThis.tabernetesHost, which
// web/src/worker/host.ts describes from the other side. Messages between worker
// and page are that side's business and are not known here.
//
// wasm/controlplane opens the [Host], builds a cluster from its options and
// hands it to [Serve].
//
// Rules at this boundary:
//
//   - A callback from JavaScript never waits for anything: it records something or
//     starts a goroutine. All of Go runs inside such callbacks (a turn), and a
//     turn ends when every goroutine is blocked.
//   - Go reports to JavaScript within the same turn, at a point determined only by
//     the history of the cluster. That keeps runs repeatable: the worker may drop
//     or merge reports, but it may not make Go run differently.
//   - Structs cross by github.com/norunners/vert; lists of results with absent
//     fields cross as JSON; bytes are copied.
package bridge
