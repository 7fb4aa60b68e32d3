package kubelet

import (
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	"k8s.io/kubernetes/pkg/kubelet/events"

	"tabernetes/engine/node/pod"
)

// Texts of pkg/kubelet/nodeshutdown, whose manager needs systemd.
const (
	nodeShutdownReason  = "Terminated"
	nodeShutdownMessage = "Pod was terminated in response to imminent node shutdown."
)

// How long the rest of the machine takes to stop, during which the kubelet still
// runs and reports how the pods ended.
const haltShortest, haltLongest = 2 * time.Second, 4 * time.Second

// shutdownStatus is the error that makes the node NotReady while it is shutting
// down. The caller holds the lock.
func (k *Kubelet) shutdownStatus() error {
	if k.stopping {
		return errors.New("node is shutting down")
	}
	return nil
}

// ShutDown ends the pods as the kubelet's shutdown manager does when systemd
// announces a shutdown: first those of normal priority, then the critical ones,
// each group within its share of the grace period. At the end, it closes the
// channel shutdown.
func (k *Kubelet) ShutDown() {
	k.loop.Lock()
	defer k.loop.Wake()
	defer k.loop.Unlock()
	if k.stopping {
		return
	}
	k.loop.Advance()
	grace, critical := k.settings.ShutdownGrace, k.settings.ShutdownGraceCritical
	if grace == 0 {
		// The shutdown manager is disabled: pods are not told of the shutdown.
		close(k.shutdown)
		return
	}
	k.nodeEvent(events.NodeShutdown, "Shutdown manager detected shutdown event")
	k.stopping = true
	k.Call(k.syncStatus)

	var usual, last []*pod.Worker
	for _, pod := range k.activePods(nil) {
		if pod.Spec.Priority != nil && *pod.Spec.Priority >= scheduling.SystemCriticalPriority {
			last = append(last, k.pods[pod.UID])
		} else {
			usual = append(usual, k.pods[pod.UID])
		}
	}
	k.endGroup(usual, grace-critical, func() {
		k.endGroup(last, critical, func() {
			k.loop.After(max(haltShortest, k.vary.Between(haltShortest, haltLongest)), func() { close(k.shutdown) })
		})
	})
}

// endGroup ends pods within a period, and continues when all have ended, or at the
// latest when the period is over.
func (k *Kubelet) endGroup(group []*pod.Worker, period time.Duration, then func()) {
	remaining := len(group)
	over := false
	next := func() {
		if !over {
			over = true
			then()
		}
	}
	if remaining == 0 {
		next()
		return
	}
	limit := k.loop.After(period, next)
	for _, w := range slices.Clone(group) {
		grace := period
		if own := graceOf(w.Object().Spec.TerminationGracePeriodSeconds); own != nil {
			grace = min(grace, *own)
		}
		w.Kill(&grace, func(status *corev1.PodStatus) { terminatedByShutdown(w.Object(), status) }, func() {
			remaining--
			if remaining == 0 {
				k.loop.Stop(limit)
				next()
			}
		})
	}
}

// terminatedByShutdown amends the status of a pod that the shutdown ends.
func terminatedByShutdown(pod *corev1.Pod, status *corev1.PodStatus) {
	if status.Phase != corev1.PodSucceeded {
		status.Phase = corev1.PodFailed
	}
	status.Reason, status.Message = nodeShutdownReason, nodeShutdownMessage
	podutil.UpdatePodCondition(status, &corev1.PodCondition{
		Type:               corev1.DisruptionTarget,
		ObservedGeneration: podutil.CalculatePodConditionObservedGeneration(status, pod.Generation, corev1.DisruptionTarget),
		Status:             corev1.ConditionTrue,
		Reason:             corev1.PodReasonTerminationByKubelet,
		Message:            nodeShutdownMessage,
	})
}

// OnDisk returns how long an operation takes on the machine's disk that usually
// takes the given time. The caller holds the lock.
func (k *Kubelet) OnDisk(usual time.Duration) time.Duration {
	return time.Duration(float64(usual) * k.settings.SlowDisk)
}

// Exists implements imagestore.Host.
func (k *Kubelet) Exists(repository string) bool { return k.settings.Registry.Has(repository) }

// OverNetwork is OnDisk for an operation over the machine's network.
func (k *Kubelet) OverNetwork(usual time.Duration) time.Duration {
	return time.Duration(float64(usual) * k.settings.SlowNetwork)
}
