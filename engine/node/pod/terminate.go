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

// minimumGracePeriod is what every container gets between SIGTERM and SIGKILL.
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

// syncTerminatedPod takes down what the pod leaves behind and reports its end;
// after that a pod that was asked to go is deleted.
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
// SIGKILL. A probe can have a period of its own.
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
// first, sends SIGTERM and in the end SIGKILL, all within grace, and then calls
// done.
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

// whenStopped calls then as soon as all of first have ended, but no later than
// after limit.
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

// stopsAfter are the running containers that must have ended before c is told to
// stop: a sidecar waits for the containers of the pod and for the sidecars
// behind it.
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

// finishStatus makes the last status of the pod: a terminal phase, and an end
// for every container whose end nobody saw.
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

// initialized says whether the containers of a pod were ever meant to run: a pod
// whose init containers did not get so far has no containers to miss.
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

// begun are the init containers up to the last that was ever started, at least
// the first.
func begun(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	for i := len(statuses) - 1; i > 0; i-- {
		if statuses[i].State.Waiting == nil || statuses[i].LastTerminationState.Terminated != nil {
			return statuses[:i+1]
		}
	}
	return statuses[:min(1, len(statuses))]
}
