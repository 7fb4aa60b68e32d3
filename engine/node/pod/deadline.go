package pod

import "time"

// The reason and the message of a pod that has exceeded its active deadline
// (pkg/kubelet/active_deadline.go).
const (
	reasonDeadline  = "DeadlineExceeded"
	messageDeadline = "Pod was active on the node longer than the specified deadline"
)

// syncTick is how often the kubelet looks for pods that must be synced because of
// elapsed time.
const syncTick = time.Second

// deadline is the time at which the pod exceeds activeDeadlineSeconds.
func (w *Worker) deadline() (at time.Time, set bool) {
	started := w.Status().StartTime
	if w.pod.Spec.ActiveDeadlineSeconds == nil || started == nil {
		return time.Time{}, false
	}
	return started.Add(time.Duration(*w.pod.Spec.ActiveDeadlineSeconds) * time.Second), true
}

func (w *Worker) pastDeadline() bool {
	at, set := w.deadline()
	return set && !w.scope.Now().Before(at)
}

// watchDeadline has the pod synced at the first tick after its deadline. It is
// called whenever the deadline can have changed.
func (w *Worker) watchDeadline() {
	at, set := w.deadline()
	if !set || w.work != syncPod || at.Equal(w.deadlineAt) {
		return
	}
	w.deadlineAt = at
	w.scope.Stop(w.deadlineTimer)
	wait := max(0, at.Sub(w.scope.Now()))
	if !w.scope.Instant {
		wait += syncTick - at.Sub(w.node.Started())%syncTick
	}
	w.deadlineTimer = w.scope.After(wait, func() {
		if w.work == syncPod {
			w.request()
		}
	})
}
