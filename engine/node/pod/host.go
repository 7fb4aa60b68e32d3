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

// Host is the node that pods run on, as far as their workers know it.
type Host interface {
	volume.Host
	environment.Host
	container.Host
	probe.Host
	imagestore.Host
	// Loop is that of the node.
	Loop() *syncloop.Loop
	// Allocator gives the pods their addresses.
	Allocator() *network.Allocator
	Images() *imagestore.Store
	Puller() *imagestore.Puller
	// RestartBackOff delays containers that restart, see newRestartBackOff.
	RestartBackOff() *flowcontrol.Backoff
	// OnDisk is how long something takes now that usually takes so long.
	OnDisk(usual time.Duration) time.Duration
	// UntilRelist is the time until the runtime is looked at again; ListedSince says
	// whether it was looked at after a time.
	UntilRelist() time.Duration
	ListedSince(at time.Time) bool
	// Rebooted says that the machine has started again: nothing runs that ran before.
	Rebooted() bool
	// Record puts an event aside.
	Record(about *corev1.ObjectReference, kind, reason, message string)
	// StatusChanged has the status of a pod written after the turn, by writeStatus.
	StatusChanged(w *Worker)
	// AdmitResize asks whether the node has room for a pod with other resources, and
	// at the cost of which pods.
	AdmitResize(w *Worker, resized *corev1.Pod) (message string, victims []Victim, admitted bool)
	// RetryResizes has every pod try again what did not fit.
	RetryResizes()
	// Forget takes a worker away whose pod is gone from the API and from the node.
	Forget(w *Worker)
}
