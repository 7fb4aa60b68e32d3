package pod

import (
	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

// phaseOf is the phase that the kubelet gives a pod (pkg/kubelet, getPhase):
// Pending until every container has been started once, Running while one runs or
// will run again, then Succeeded or Failed. final says that no container will be
// started any more; started, that one of the pod's containers (not of its init
// containers) has been started in this sandbox.
func phaseOf(pod *corev1.Pod, statuses []corev1.ContainerStatus, final, started bool) corev1.PodPhase {
	pendingInit := false
	running, waiting, unknown := 0, 0, 0
	for i := range pod.Spec.InitContainers {
		spec := &pod.Spec.InitContainers[i]
		status, known := podutil.GetContainerStatus(statuses, spec.Name)
		if podutil.IsRestartableInitContainer(spec) {
			switch {
			case !known:
				unknown++
			case status.State.Running != nil:
				running++
				ready := status.Started != nil && *status.Started
				pendingInit = pendingInit || (!ready && !started)
			case status.State.Waiting != nil && status.LastTerminationState.Terminated == nil:
				waiting++
				pendingInit = pendingInit || !started
			case status.State.Waiting == nil && status.State.Terminated == nil:
				unknown++
				pendingInit = pendingInit || !started
			}
			continue
		}
		ended := endOf(status)
		switch {
		case !known || ended == nil:
			pendingInit = true
		case ended.ExitCode != 0 && !restarts(pod, spec, ended):
			return corev1.PodFailed
		}
	}

	stopped, stoppedForGood, succeeded := 0, 0, 0
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		status, known := podutil.GetContainerStatus(statuses, spec.Name)
		ended := endOf(status)
		switch {
		case !known:
			unknown++
		case status.State.Running != nil:
			running++
		case ended != nil:
			stopped++
			if !restarts(pod, spec, ended) {
				stoppedForGood++
			}
			if status.State.Terminated != nil && ended.ExitCode == 0 {
				succeeded++
			}
		case status.State.Waiting != nil:
			waiting++
		default:
			unknown++
		}
	}

	switch {
	case pendingInit || waiting > 0 || unknown > 0:
		return corev1.PodPending
	case running > 0:
		return corev1.PodRunning
	case stopped == 0:
		return corev1.PodPending
	case !final && stopped != stoppedForGood:
		return corev1.PodRunning
	case stopped == succeeded:
		return corev1.PodSucceeded
	}
	return corev1.PodFailed
}

// endOf returns the container's last termination, or nil if it runs or has never
// run.
func endOf(status corev1.ContainerStatus) *corev1.ContainerStateTerminated {
	switch {
	case status.State.Running != nil:
		return nil
	case status.State.Terminated != nil:
		return status.State.Terminated
	case status.State.Waiting != nil:
		return status.LastTerminationState.Terminated
	}
	return nil
}

// restarts reports whether a container that has ended in this way will run again.
func restarts(pod *corev1.Pod, spec *corev1.Container, ended *corev1.ContainerStateTerminated) bool {
	return podutil.ContainerShouldRestart(*spec, pod.Spec, ended.ExitCode) || ended.Reason == reasonRestartingAll
}
