package kubelet

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	runtimeutil "k8s.io/kubernetes/pkg/kubelet/kuberuntime/util"
)

// actions is what SyncPod has to do to bring the runtime to what the pod asks
// for.
type actions struct {
	createSandbox  bool
	sandboxAttempt uint32
	stop           []stopping
	init           []*corev1.Container // to start one after the other, the first failure ends it
	start          []*corev1.Container
}

// stopping is a running container that must end.
type stopping struct {
	id      kubecontainer.ContainerID
	name    string
	message string
	probe   probeKind // the probe that demands it, or noProbe
}

// actionsFor decides what to do, by the rules of the kubelet's runtime manager
// (pkg/kubelet/kuberuntime, computePodActions): a new sandbox starts the pod
// from its first init container; init containers run one after the other, those
// with restartPolicy Always stay; after the last one the other containers start
// together; a container that has ended starts again if its restart policy says
// so; one whose definition changed or whose probe failed is stopped first.
func (w *podWorker) actionsFor(view *kubecontainer.PodStatus) actions {
	pod := w.pod
	newSandbox, attempt, _, _ := runtimeutil.PodSandboxChanged(pod, view)
	todo := actions{createSandbox: newSandbox, sandboxAttempt: attempt}
	if newSandbox {
		if pod.Spec.RestartPolicy == corev1.RestartPolicyNever && attempt != 0 && len(view.ContainerStatuses) > 0 {
			todo.createSandbox = false
			return todo
		}
		if len(pod.Spec.InitContainers) > 0 {
			todo.init = []*corev1.Container{&pod.Spec.InitContainers[0]}
			return todo
		}
		todo.start = startable(pod, view)
		todo.createSandbox = len(todo.start) > 0
		return todo
	}
	initialized, failed := w.initActions(view, &todo)
	if failed || !initialized {
		return todo
	}
	kept := 0
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		status := view.FindContainerStatusByName(spec.Name)
		if status == nil || status.State != kubecontainer.ContainerStateRunning {
			if kubecontainer.ShouldContainerBeRestarted(klog.Background(), spec, pod, view) {
				todo.start = append(todo.start, spec)
			}
			continue
		}
		message, cause, again := w.reasonToStop(spec, status)
		if message == "" {
			kept++
			continue
		}
		if again {
			message += ", will be restarted"
			todo.start = append(todo.start, spec)
		}
		todo.stop = append(todo.stop, stopping{id: status.ID, name: spec.Name, message: message, probe: cause})
	}
	if kept == 0 && len(todo.start) == 0 {
		// Nothing but sidecars is left: they do not keep a pod alive.
		todo.init = nil
	}
	return todo
}

// startable are the containers to start in a new sandbox: all but those that
// have succeeded and run only until they do.
func startable(pod *corev1.Pod, view *kubecontainer.PodStatus) []*corev1.Container {
	var start []*corev1.Container
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		if kubecontainer.ShouldContainerBeRestarted(klog.Background(), spec, pod, view) {
			start = append(start, spec)
		}
	}
	return start
}

// reasonToStop says why a running container must end, and whether it starts
// again; an empty message means that it stays.
func (w *podWorker) reasonToStop(spec *corev1.Container, status *kubecontainer.Status) (message string, cause probeKind, again bool) {
	again = w.pod.Spec.RestartPolicy != corev1.RestartPolicyNever
	if spec.RestartPolicy != nil {
		again = *spec.RestartPolicy != corev1.ContainerRestartPolicyNever
	}
	switch id := status.ID.String(); {
	case status.Hash != kubecontainer.HashContainer(spec):
		return fmt.Sprintf("Container %s definition changed", spec.Name), noProbe, true
	case w.probeResult(livenessProbe, id) == probeFailure:
		return fmt.Sprintf("Container %s failed liveness probe", spec.Name), livenessProbe, again
	case w.probeResult(startupProbe, id) == probeFailure:
		return fmt.Sprintf("Container %s failed startup probe", spec.Name), startupProbe, again
	}
	return "", noProbe, again
}

// initActions decides about the init containers, looking from the last one back:
// the last one that has a container tells how far the pod has come. It reports
// whether the pod is initialized, and whether its initialization has failed for
// good.
func (w *podWorker) initActions(view *kubecontainer.PodStatus, todo *actions) (initialized, failed bool) {
	specs := w.pod.Spec.InitContainers
	if len(specs) == 0 {
		return true, false
	}
	initialized = kubecontainer.HasAnyActiveRegularContainerStarted(&w.pod.Spec, view)
	reached := initialized // a later container shows that this one was done
	for i := len(specs) - 1; i >= 0; i-- {
		spec := &specs[i]
		sidecar := podutil.IsRestartableInitContainer(spec)
		status := view.FindActiveContainerStatusByName(spec.Name)
		switch {
		case status == nil:
			if reached && sidecar {
				todo.init = append(todo.init, spec)
			}
			continue
		case reached && !sidecar:
			continue
		}
		done := false
		switch {
		case status.State == kubecontainer.ContainerStateRunning:
			done = sidecar && w.sidecarActions(spec, status, todo)
		case status.State == kubecontainer.ContainerStateExited && !sidecar && status.ExitCode == 0:
			done = true
		case !sidecar && !kubecontainer.ShouldContainerBeRestarted(klog.Background(), spec, w.pod, view):
			todo.init = nil
			return false, true
		default:
			todo.init = append(todo.init, spec)
		}
		if done {
			if i == len(specs)-1 {
				initialized = true
			} else if !reached {
				todo.init = append(todo.init, &specs[i+1])
			}
		}
		reached = true
	}
	if !reached {
		todo.init = append(todo.init, &specs[0])
	}
	slices.Reverse(todo.init)
	return initialized, false
}

// sidecarActions decides about a running sidecar. It reports whether the
// containers after it can start.
func (w *podWorker) sidecarActions(spec *corev1.Container, status *kubecontainer.Status, todo *actions) (started bool) {
	stop := func(message string, cause probeKind) {
		todo.stop = append(todo.stop, stopping{id: status.ID, name: spec.Name, message: message, probe: cause})
		todo.init = append(todo.init, spec)
	}
	id := status.ID.String()
	if spec.StartupProbe != nil {
		switch w.probeResult(startupProbe, id) {
		case probeSuccess:
		case probeFailure:
			stop(fmt.Sprintf("Init container %s failed startup probe", spec.Name), startupProbe)
			return false
		default:
			return false
		}
	}
	switch {
	case status.Hash != kubecontainer.HashContainer(spec):
		stop(fmt.Sprintf("Init container %s definition changed", spec.Name), noProbe)
	case w.probeResult(livenessProbe, id) == probeFailure:
		stop(fmt.Sprintf("Init container %s failed liveness probe", spec.Name), livenessProbe)
	}
	return true
}
