// Package kubelet is what runs on a machine from its start to its end: the kubelet
// and its sync loop (kubelet.go, inbox.go), a single goroutine over timers and pod
// updates. Everything that happens to a node's pods happens in the loop, in an
// order that depends only on the times and the random seed.
//
// A Kubelet registers and reports (node_status.go, lease.go), admits pods
// (admission.go), evicts them (eviction.go, summary.go) and ends them before a shutdown
// (shutdown.go), where upstream's own handlers decide. It serves the kubelet's API
// (server.go, streaming.go) and accepts connections for its pods (listeners.go). Each
// pod has a worker (engine/node/pod), to which the Kubelet is a host (host.go).
//
// The machine (engine/node) makes a Kubelet at each start and runs it. The package
// must not know other nodes, nor more of its own machine than it is given.
//
// The lock of the loop (engine/node/syncloop) guards a Kubelet and everything that
// belongs to its pods. It is not held during calls to the API: writes of a turn
// are queued and sent after it.
package kubelet
