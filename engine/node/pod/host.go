package pod

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/flowcontrol"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/environment"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/probe"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/volume"
)

// Host is the node that pods run on, as their workers see it.
type Host interface {
	volume.Host
	environment.Host
	container.Host
	probe.Host
	imagestore.Host
	// Loop is the node's sync loop.
	Loop() *syncloop.Loop
	// Allocator assigns addresses to the pods.
	Allocator() *network.Allocator
	Images() *imagestore.Store
	Puller() *imagestore.Puller
	// RestartBackOff delays the restarts of containers, see NewRestartBackOff.
	RestartBackOff() *flowcontrol.Backoff
	// OnDisk returns how long an operation takes now that usually takes the given
	// time.
	OnDisk(usual time.Duration) time.Duration
	// UntilRelist is the time until the runtime is listed again. ListedSince
	// reports whether it has been listed after the given time.
	UntilRelist() time.Duration
	ListedSince(at time.Time) bool
	// Rebooted reports that the machine has rebooted: nothing from before runs any
	// more.
	Rebooted() bool
	// Record queues an event.
	Record(about *corev1.ObjectReference, kind, reason, message string)
	// StatusChanged has WriteStatus called for the pod after the turn.
	StatusChanged(w *Worker)
	// AdmitResize asks whether the node has room for a pod with new resources, and
	// which pods would have to be preempted for it.
	AdmitResize(w *Worker, resized *corev1.Pod) (message string, victims []Victim, admitted bool)
	// RetryResizes has every pod retry its pending resize.
	RetryResizes()
	// Forget removes a worker whose pod is gone from the API and from the node.
	Forget(w *Worker)
}
