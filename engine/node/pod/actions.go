package pod

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	runtimeutil "k8s.io/kubernetes/pkg/kubelet/kuberuntime/util"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/probe"
)

// actions is what SyncPod has to do to bring the runtime to the state that the
// pod's spec asks for.
type actions struct {
	createSandbox  bool
	sandboxAttempt uint32
	// killPod says that nothing is left to run: all containers and the sandbox are
	// stopped.
	killPod bool
	// reset lists the containers to stop and remove when the whole pod restarts.
	reset     []*container.Container
	stop      []stopping
	resize    []*container.Container // to resize in place
	ephemeral []*corev1.Container    // to start; a failure of one does not stop the sync
	init      []*corev1.Container    // to start one after the other, up to the first failure
	start     []*corev1.Container
}

// stopping is a running container that must end.
type stopping struct {
	id      kubecontainer.ContainerID
	name    string
	message string
	probe   probe.Kind // the probe that failed, or probe.None
}

// actionsFor decides what to do, by the rules of the kubelet's runtime manager
// (pkg/kubelet/kuberuntime, computePodActions): a new sandbox starts the pod
// from its first init container; init containers run one after the other, those
// with restartPolicy Always stay; after the last one the other containers start
// together; a container that has ended starts again if its restart policy says
// so; one whose definition changed or whose probe failed is stopped first.
func (w *Worker) actionsFor(view *kubecontainer.PodStatus) actions {
	pod := w.pod
	newSandbox, attempt, _, _ := runtimeutil.PodSandboxChanged(pod, view)
	todo := actions{createSandbox: newSandbox, sandboxAttempt: attempt}
	if _, restarting := podutil.GetPodCondition(w.Status(), corev1.AllContainersRestarting); restarting != nil && restarting.Status == corev1.ConditionTrue {
		todo.createSandbox = false
		todo.reset = w.resetOrder()
		return todo
	}
	if newSandbox {
		w.sandboxActions(view, attempt, &todo)
		return todo
	}
	for i := range pod.Spec.EphemeralContainers {
		spec := (*corev1.Container)(&pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
		if view.FindContainerStatusByName(spec.Name) == nil {
			todo.ephemeral = append(todo.ephemeral, spec)
		}
	}
	initialized, failed := w.initActions(view, &todo)
	if failed || !initialized {
		todo.killPod = failed
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
			if w.resizeActions(spec, status, &todo) {
				todo.start = append(todo.start, spec)
			} else {
				kept++
			}
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
		todo.init, todo.killPod = nil, true
	}
	return todo
}

// sandboxActions decides what to start in a new sandbox: nothing if the pod runs
// only once and has run, otherwise its containers from the first init container
// on.
func (w *Worker) sandboxActions(view *kubecontainer.PodStatus, attempt uint32, todo *actions) {
	pod := w.pod
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever && attempt != 0 && len(view.ContainerStatuses) != 0 {
		todo.createSandbox, todo.killPod = false, true
		return
	}
	start := startable(pod, view)
	if len(start) == 0 && anyRegularCreated(pod, view) {
		todo.createSandbox, todo.killPod = false, true
		return
	}
	if len(pod.Spec.InitContainers) > 0 {
		todo.init = []*corev1.Container{&pod.Spec.InitContainers[0]}
		return
	}
	todo.start = start
}

// startable returns the containers to start in a new sandbox: all except those
// that have succeeded and do not restart after success.
func startable(pod *corev1.Pod, view *kubecontainer.PodStatus) []*corev1.Container {
	var start []*corev1.Container
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		runOnce := pod.Spec.RestartPolicy == corev1.RestartPolicyOnFailure
		if spec.RestartPolicy != nil {
			runOnce = *spec.RestartPolicy == corev1.ContainerRestartPolicyOnFailure
		}
		last := view.FindContainerStatusByName(spec.Name)
		if runOnce && last != nil && last.State == kubecontainer.ContainerStateExited && last.ExitCode == 0 {
			continue
		}
		start = append(start, spec)
	}
	return start
}

// resetOrder returns the containers of a pod that restarts as a whole, in the
// order in which they are removed: those whose exit triggers the restart come
// last.
func (w *Worker) resetOrder() []*container.Container {
	var sources, targets [2][]*container.Container
	for _, c := range w.containers {
		kind := 0
		if slices.ContainsFunc(w.pod.Spec.InitContainers, func(spec corev1.Container) bool { return spec.Name == c.Spec().Name }) {
			kind = 1
		} else if !slices.ContainsFunc(w.pod.Spec.Containers, func(spec corev1.Container) bool { return spec.Name == c.Spec().Name }) {
			continue
		}
		rule, matches := podutil.FindMatchingContainerRestartRule(*c.Spec(), int32(c.Status().ExitCode))
		if c.Status().State == kubecontainer.ContainerStateExited && matches && rule.Action == corev1.ContainerRestartRuleActionRestartAllContainers {
			sources[kind] = append(sources[kind], c)
		} else {
			targets[kind] = append(targets[kind], c)
		}
	}
	return slices.Concat(targets[0], targets[1], sources[0], sources[1])
}

// reasonToStop returns why a running container must stop, and whether it starts
// again. An empty message means that it keeps running.
func (w *Worker) reasonToStop(spec *corev1.Container, status *kubecontainer.Status) (message string, cause probe.Kind, again bool) {
	again = w.pod.Spec.RestartPolicy != corev1.RestartPolicyNever
	if spec.RestartPolicy != nil {
		again = *spec.RestartPolicy != corev1.ContainerRestartPolicyNever
	}
	switch id := status.ID.String(); {
	case status.Hash != kubecontainer.HashContainer(spec):
		return fmt.Sprintf("Container %s definition changed", spec.Name), probe.None, true
	case w.probes.Result(probe.Liveness, id) == probe.Failure:
		return fmt.Sprintf("Container %s failed liveness probe", spec.Name), probe.Liveness, again
	case w.probes.Result(probe.Startup, id) == probe.Failure:
		return fmt.Sprintf("Container %s failed startup probe", spec.Name), probe.Startup, again
	}
	return "", probe.None, again
}

// initActions decides about the init containers. It looks at them from last to
// first: the last one that has a container in the runtime tells how far the pod
// has come. It reports whether the pod is initialized, and whether its
// initialization has failed for good.
func (w *Worker) initActions(view *kubecontainer.PodStatus, todo *actions) (initialized, failed bool) {
	specs := w.pod.Spec.InitContainers
	if len(specs) == 0 {
		return true, false
	}
	initialized = kubecontainer.HasAnyActiveRegularContainerStarted(&w.pod.Spec, view)
	reached := initialized // a later container shows that this one had finished
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
func (w *Worker) sidecarActions(spec *corev1.Container, status *kubecontainer.Status, todo *actions) (started bool) {
	stop := func(message string, cause probe.Kind) {
		todo.stop = append(todo.stop, stopping{id: status.ID, name: spec.Name, message: message, probe: cause})
		todo.init = append(todo.init, spec)
	}
	id := status.ID.String()
	if spec.StartupProbe != nil {
		switch w.probes.Result(probe.Startup, id) {
		case probe.Success:
		case probe.Failure:
			stop(fmt.Sprintf("Init container %s failed startup probe", spec.Name), probe.Startup)
			return false
		default:
			return false
		}
	}
	switch {
	case status.Hash != kubecontainer.HashContainer(spec):
		stop(fmt.Sprintf("Init container %s definition changed", spec.Name), probe.None)
	case w.probes.Result(probe.Liveness, id) == probe.Failure:
		stop(fmt.Sprintf("Init container %s failed liveness probe", spec.Name), probe.Liveness)
	case w.resizeActions(spec, status, todo):
		todo.init = append(todo.init, spec)
	}
	return true
}
