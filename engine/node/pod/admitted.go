package pod

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	v1qos "k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
)

// Victim is a pod that is preempted so that a critical one can be admitted.
type Victim struct {
	Worker *Worker
	Grace  *time.Duration
	Amend  func(*corev1.PodStatus)
}

func (v Victim) end(done func()) { v.Worker.Kill(v.Grace, v.Amend, done) }

// BeginAfter is podAdded for a critical pod that was admitted by preempting
// others: it begins when these have ended.
func (w *Worker) BeginAfter(victims []Victim) {
	if len(victims) == 0 {
		w.Begin()
		return
	}
	waiting := len(victims)
	w.busy = true
	for _, victim := range victims {
		victim.end(func() {
			waiting--
			if waiting == 0 && !w.scope.Ended() {
				w.busy = false
				w.Begin()
			}
		})
	}
}

// Reject ends a pod that was never begun, as the kubelet's rejectPod does.
func (w *Worker) Reject(reason, message string) {
	w.Event(corev1.EventTypeWarning, reason, message)
	w.work, w.finished = noWork, true
	w.setStatus(corev1.PodStatus{
		QOSClass: v1qos.GetPodQOS(w.pod),
		Phase:    corev1.PodFailed,
		Reason:   reason,
		Message:  "Pod was rejected: " + message,
	})
}
