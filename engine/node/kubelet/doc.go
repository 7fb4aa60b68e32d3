// Package kubelet is what runs on a machine from its start to its end: the kubelet and
// its sync loop (kubelet.go, inbox.go), a single goroutine over timers and pod updates. Everything
// that a node's pods do happens on it, in an order that depends on nothing but the times
// and the random seed.
//
// A Kubelet registers and reports (node_status.go, lease.go), admits pods
// (admission.go), evicts them (eviction.go, summary.go) and ends them before a shutdown
// (shutdown.go), where upstream's own handlers decide. It serves the kubelet's API
// (server.go, streaming.go) and accepts connections for its pods (listeners.go). Each
// pod has a worker (engine/node/pod), to which the Kubelet is a host (host.go).
//
// The machine (engine/node) makes a Kubelet at each start and runs it. The package must
// not know of other nodes, nor of machines but what it is given of one.
//
// The lock of the loop (engine/node/syncloop) guards a Kubelet and all that its pods
// have. It is not held while the API is asked: what a turn wants to write is put aside
// and sent after it.
package kubelet
