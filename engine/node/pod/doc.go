// Package pod takes a pod through its life on a node. Its Worker (worker.go) makes the
// kubelet's three kinds of sync: SyncPod starts what is missing (sync.go, which carries
// out what actions.go decides), SyncTerminatingPod stops everything and
// SyncTerminatedPod ends the pod (terminate.go, with the hooks of hooks.go).
//
// The runtime's state of the pod is in runtime.go, the configuration of its containers
// in configure.go, in-place resize in resize.go. adopt.go adopts a pod that ran before
// its node did, kill.go ends one by the node's decision, admitted.go begins or rejects
// one. status.go, container_status.go and phase.go make the pod's status from the state
// of its containers, and writer.go sends it.
//
// The kubelet (engine/node/kubelet) makes a Worker for each pod, tells it of changes
// and implements Host. A Worker uses the packages for volumes, containers, probes and
// images directly; these know the Worker only through interfaces of their own. The
// package must not know machines, nor other pods except through Host.
//
// A Worker belongs to the sync loop and is used under the loop's lock. The exception is
// WriteStatus, which is called without the lock and takes it between its requests.
package pod
