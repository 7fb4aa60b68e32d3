// Package kubelet simulates the nodes of a cluster. What a pod shows, in which order,
// with which words and after how long, is what the kubelet of Kubernetes v1.37 shows;
// where upstream exports the piece that makes it (condition builders, back-off, event
// aggregation, node conditions, the lease controller), that piece is used.
//
// Kubelet is the fleet (fleet.go): a machine (machine.go) for each simulated Node of
// the API. On a machine that is on there is a node. It registers and reports
// (node_status.go, lease.go), admits pods (admission.go), evicts them (eviction.go,
// summary.go) and ends them before a shutdown (shutdown.go), where upstream's own
// handlers decide. It serves the kubelet's API (server.go, streaming.go) and accepts
// connections for its pods (listeners.go).
//
// Each node runs one sync loop (node.go), a single goroutine over timers and pod
// updates, and everything that a node's pods do happens on it, in an order that
// depends on nothing but the times and the random seed. A pod has a worker
// (engine/node/pod), to which the node is a host (host.go).
//
// The package is called by engine/cluster. It knows the cluster only through a client
// and shared informers; it must not know the store, nor whether time is virtual. The
// lock of a node's loop (engine/node/syncloop) guards what is on the node; the fleet
// and each machine have one of their own for what there is and how it should be.
package kubelet
