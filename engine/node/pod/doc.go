// Package pod is what a pod goes through on a node: its Worker (worker.go) makes the
// kubelet's three kinds of sync. SyncPod starts what is missing (sync.go, which does
// what actions.go decides), SyncTerminatingPod stops everything and SyncTerminatedPod
// ends it (terminate.go, with the hooks of hooks.go).
//
// What the runtime has of the pod is in runtime.go, what a container is configured
// with in configure.go, in-place resizes are in resize.go. adopt.go takes over a pod
// that ran before its node did, kill.go ends it by the node's decision, admitted.go
// begins or rejects it. From the state of the containers status.go, container_status.go
// and phase.go make the pod's status, and writer.go sends it as a patch.
//
// The kubelet (engine/node/kubelet) makes a Worker for each pod, tells it of changes
// and implements Host. A Worker knows volumes, containers, probes and images as the
// packages that they are; none of these knows it but by the interface of its own. The
// package must not know of other pods but through Host, nor of machines.
//
// A Worker belongs to the sync loop and is used under the lock of that. WriteStatus
// alone is called without it: it takes the lock between its requests.
package pod
