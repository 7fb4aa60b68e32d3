package pod

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"
	kubeutil "k8s.io/kubernetes/pkg/kubelet/util"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/probe"
	"tabernetes/engine/node/syncloop"
)

// How long it takes to stop a sandbox and to take down a pod's volumes.
const (
	stopSandboxShortest, stopSandboxLongest = 60 * time.Millisecond, 200 * time.Millisecond
	unmountShortest, unmountLongest         = 100 * time.Millisecond, 400 * time.Millisecond
)

// minimumGracePeriod is the shortest time between a container's SIGTERM and
// SIGKILL.
const minimumGracePeriod = 2 * time.Second

// syncTerminatingPod stops every container of the pod at once, the sidecars
// after the others, and reports how they ended.
func (w *Worker) syncTerminatingPod() {
	generated := w.generateStatus(w.runtimeStatus(), false)
	if w.killing != nil {
		w.killing.amend(&generated)
	}
	w.setStatus(generated)
	w.probes.Stop(probe.Liveness, probe.Startup)
	w.killContainers(w.containersStopped)
}

// killContainers stops every container of the pod at once, the sidecars after
// the others, and calls done when all have ended.
func (w *Worker) killContainers(done func()) {
	running := w.Running()
	remaining := len(running)
	if remaining == 0 {
		done()
		return
	}
	for _, c := range running {
		w.killContainer(c, "Stopping container "+c.Spec().Name, w.gracePeriod(c.Spec(), probe.None), w.stopsAfter(c, running), func() {
			remaining--
			if remaining == 0 {
				done()
			}
		})
	}
}

func (w *Worker) containersStopped() {
	w.probes.Stop(probe.Readiness, probe.Liveness, probe.Startup)
	w.scope.After(w.vary.Between(stopSandboxShortest, stopSandboxLongest), func() {
		w.stopSandbox()
		w.setStatus(w.generateStatus(w.runtimeStatus(), true))
		w.work = terminatedPod
		w.killed()
		w.completeSync(kubecontainer.PodSyncResult{}, true)
	})
}

// syncTerminatedPod cleans up after the pod and reports its end. After that, a pod
// whose deletion was requested is deleted from the API.
func (w *Worker) syncTerminatedPod() {
	w.scope.After(w.node.OnDisk(w.vary.Between(unmountShortest, unmountLongest)), func() {
		w.stopSandbox()
		w.finishStatus()
		w.work = noWork
		w.completeSync(kubecontainer.PodSyncResult{}, false)
		w.node.RetryResizes()
		if w.orphaned {
			w.forget()
		}
	})
}

// gracePeriod is how long a container has from the decision to stop it until
// SIGKILL. A probe can set its own period.
func (w *Worker) gracePeriod(spec *corev1.Container, cause probe.Kind) time.Duration {
	seconds := int64(minimumGracePeriod / time.Second)
	own := probe.GracePeriod(spec, cause)
	switch {
	case w.killing != nil && w.killing.grace != nil:
		return *w.killing.grace
	case w.pod.DeletionGracePeriodSeconds != nil:
		seconds = *w.pod.DeletionGracePeriodSeconds
	case own != nil:
		seconds = *own
	case w.pod.Spec.TerminationGracePeriodSeconds != nil:
		seconds = *w.pod.Spec.TerminationGracePeriodSeconds
	}
	return time.Duration(seconds) * time.Second
}

// killContainer runs the preStop hook, waits for the containers that have to end
// first, sends SIGTERM and finally SIGKILL, all within grace, and then calls done.
func (w *Worker) killContainer(c *container.Container, message string, grace time.Duration, first []*container.Container, done func()) {
	w.ContainerEvent(c.Spec(), corev1.EventTypeNormal, events.KillingContainer, message)
	began := w.scope.Now()
	c.OnExit(done)
	left := func() time.Duration {
		// The kubelet counts in whole seconds.
		return grace - w.scope.Now().Sub(began).Truncate(time.Second)
	}
	stop := func() { c.Terminate(max(left(), minimumGracePeriod)) }
	wait := func() { w.whenStopped(first, left(), stop) }
	w.preStop(c, grace, wait)
}

// whenStopped calls then once all containers of first have ended, or after limit.
func (w *Worker) whenStopped(first []*container.Container, limit time.Duration, then func()) {
	remaining := 0
	called := false
	once := func() {
		if !called {
			called = true
			then()
		}
	}
	var deadline *syncloop.Timer
	for _, other := range first {
		if !other.IsRunning() {
			continue
		}
		remaining++
		other.OnExit(func() {
			remaining--
			if remaining == 0 {
				w.scope.Stop(deadline)
				once()
			}
		})
	}
	if remaining == 0 || limit <= 0 {
		once()
		return
	}
	deadline = w.scope.After(limit, once)
}

// stopsAfter returns the running containers that must end before c is stopped: a
// sidecar waits for the regular containers and for the sidecars after it in the
// spec.
func (w *Worker) stopsAfter(c *container.Container, running []*container.Container) []*container.Container {
	position := slices.IndexFunc(w.pod.Spec.InitContainers, func(spec corev1.Container) bool { return spec.Name == c.Spec().Name })
	if position < 0 || !podutil.IsRestartableInitContainer(c.Spec()) {
		return nil
	}
	var first []*container.Container
	for _, other := range running {
		otherPosition := slices.IndexFunc(w.pod.Spec.InitContainers, func(spec corev1.Container) bool { return spec.Name == other.Spec().Name })
		if otherPosition < 0 || (otherPosition > position && podutil.IsRestartableInitContainer(other.Spec())) {
			first = append(first, other)
		}
	}
	return first
}

// finishStatus makes the final status of the pod: a terminal phase, and a
// terminated state for every container whose end was not seen.
func (w *Worker) finishStatus() {
	final := w.generateStatus(w.runtimeStatus(), true)
	final.PodIP, final.PodIPs = w.Status().PodIP, w.Status().PodIPs
	unknown := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		Reason:   kubecontainer.ContainerReasonStatusUnknown,
		Message:  "The container could not be located when the pod was terminated",
		ExitCode: container.ExitKilled,
	}}
	if initialized(w.pod, &final) {
		for i := range final.ContainerStatuses {
			if final.ContainerStatuses[i].State.Terminated == nil {
				final.ContainerStatuses[i].State = unknown
			}
		}
	}
	for i := range begun(final.InitContainerStatuses) {
		if final.InitContainerStatuses[i].State.Terminated == nil {
			final.InitContainerStatuses[i].State = unknown
		}
	}
	if !podutil.IsPodPhaseTerminal(final.Phase) {
		final.Phase = corev1.PodFailed
	}
	w.finished = true
	w.setStatus(final)
	w.markUnsent()
}

// initialized reports whether the pod's regular containers were ever due to start.
// If the init containers did not get that far, none of them is missing.
func initialized(pod *corev1.Pod, current *corev1.PodStatus) bool {
	if len(pod.Spec.InitContainers) == 0 {
		return true
	}
	for _, status := range current.ContainerStatuses {
		if status.LastTerminationState.Terminated != nil || status.State.Waiting == nil {
			return true
		}
	}
	last := len(current.InitContainerStatuses) - 1
	if last < 0 {
		return false
	}
	status := current.InitContainerStatuses[last]
	spec, ok := kubeutil.GetContainerByIndex(pod.Spec.InitContainers, current.InitContainerStatuses, last)
	switch {
	case !ok:
		return false
	case podutil.IsRestartableInitContainer(&spec):
		return status.State.Running != nil && status.Started != nil && *status.Started
	}
	return succeeded(status.State) || succeeded(status.LastTerminationState)
}

func succeeded(state corev1.ContainerState) bool {
	return state.Terminated != nil && state.Terminated.ExitCode == 0
}

// begun returns the init containers up to the last one that was ever started, and
// at least the first.
func begun(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	for i := len(statuses) - 1; i > 0; i-- {
		if statuses[i].State.Waiting == nil || statuses[i].LastTerminationState.Terminated != nil {
			return statuses[:i+1]
		}
	}
	return statuses[:min(1, len(statuses))]
}
