// Package kubelet simulates the nodes of a cluster: a kubelet, a container
// runtime and a container image registry for each. What a pod shows, in which
// order, with which words and after how long, is what the kubelet of Kubernetes
// v1.37 shows; where upstream exports the piece that makes it (condition
// builders, back-off, event aggregation, node conditions, the lease
// controller), that piece is used.
//
// Kubelet is the fleet (fleet.go): a machine (machine.go) for each simulated Node
// of the API, which the annotations of the Node switch off, cut off or slow down
// (machine_settings.go). On a machine that is on there is a node. It registers and
// reports (node_status.go, lease.go), admits pods (admission.go), evicts them
// (eviction.go, summary.go) and ends them before a shutdown (shutdown.go), where
// upstream's own handlers decide. Each node runs one sync loop (node.go), a single
// goroutine over timers and pod updates, and everything a node's pods do happens
// on it, in an order that depends on nothing but the times and the random seed.
// A pod has a podWorker (pod_worker.go) that goes through the kubelet's three
// kinds of sync: SyncPod starts what is missing (sync.go, actions.go),
// SyncTerminatingPod stops everything (terminate.go), SyncTerminatedPod ends it.
// The containers are in runtime.go, what a container is made with in
// container_config.go, environment.go and container_files.go, the volumes of a
// pod in volumes.go and volume_kinds.go.
//
// Process 1 of a container (process.go) is the image's own program, which the
// loop plays from the catalogue (program.go), or a program of the container's
// shell (engine/userland/shell), which runs in a goroutine and reports to the loop.
// Commands of probes and hooks run beside it (execute.go, hooks.go).
//
// What containers answer is in serve.go and what they take in usage.go; image
// pulls in images.go and pull.go; probes in prober.go (when), probe.go (what) and
// transport.go (how); changes of resources in resize.go. From the state of the
// containers pod_status.go makes the pod's status, and writer.go sends it as a
// patch.
//
// The package is called by engine/cluster. It knows the cluster only through a
// client and shared informers; it must not know the store, nor whether time is
// virtual.
package kubelet
