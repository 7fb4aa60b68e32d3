package pod

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// killing is the node's own decision to end a pod: an eviction, a shutdown or a
// preemption by a critical pod.
type killing struct {
	grace *time.Duration // overrides the pod's own unless nil
	amend func(*corev1.PodStatus)
	done  []func() // called when nothing of the pod runs any more
}

// Kill ends the pod as the kubelet's killPodNow does: its status is amended, its
// containers are stopped within grace, then done is called. Only the first
// decision counts. The caller holds the lock.
func (w *Worker) Kill(grace *time.Duration, amend func(*corev1.PodStatus), done func()) {
	switch {
	case w.scope.Ended() || !w.CouldRun():
		done()
	case w.killing != nil:
		w.killing.done = append(w.killing.done, done)
	default:
		w.killing = &killing{grace: grace, amend: amend, done: []func(){done}}
		if w.work == syncPod {
			w.work = terminatingPod
			w.request()
			w.volumes.Interrupt()
		}
	}
}

// killed tells whoever waits for the end of the pod that it has ended.
func (w *Worker) killed() {
	if w.killing == nil {
		return
	}
	waiting := w.killing.done
	w.killing.done = nil
	for _, done := range waiting {
		done()
	}
}

// CouldRun reports whether containers of the pod run or may still be started.
func (w *Worker) CouldRun() bool { return w.work == syncPod || w.work == terminatingPod }
