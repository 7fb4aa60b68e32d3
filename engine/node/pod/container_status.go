package pod

import (
	"sort"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	kubetypes "k8s.io/kubernetes/pkg/kubelet/types"

	"tabernetes/engine/node/container"
)

// The waiting reasons of a container that has no error.
const (
	reasonContainerCreating = "ContainerCreating"
	reasonPodInitializing   = "PodInitializing"
)

// The status of a container that was removed because another one has triggered a
// restart of the whole pod (KEP-5532).
const (
	reasonRestartingAll  = "RestartingAllContainers"
	messageRestartingAll = "The container is removed because RestartAllContainers in place"
)

// containerStatuses makes the statuses of the given containers of the pod from the
// runtime's view, which lists the newest container first, and from their last
// statuses. The order is that of the kubelet: init containers as in the spec, the
// others by name.
func (w *Worker) containerStatuses(view *kubecontainer.PodStatus, last []corev1.ContainerStatus, specs []corev1.Container, init, restarting bool) []corev1.ContainerStatus {
	lastByName := make(map[string]*corev1.ContainerStatus, len(last))
	for i := range last {
		lastByName[last[i].Name] = &last[i]
	}
	statuses := make(map[string]*corev1.ContainerStatus, len(specs))
	for i := range specs {
		statuses[specs[i].Name] = w.waitingStatus(&specs[i], lastByName[specs[i].Name])
	}
	seen := map[string]bool{}
	for _, entry := range view.ContainerStatuses {
		before, wanted := statuses[entry.Name]
		switch {
		case !wanted:
		case seen[entry.Name]:
			before.LastTerminationState = stateOf(entry)
		default:
			seen[entry.Name] = true
			statuses[entry.Name] = w.statusOf(entry, lastByName[entry.Name])
		}
	}
	for i := range specs {
		if last := lastByName[specs[i].Name]; last != nil && !seen[specs[i].Name] {
			w.explainMissing(statuses[specs[i].Name], last, restarting)
		}
	}
	for i := range specs {
		w.explainWaiting(&specs[i], statuses[specs[i].Name], view, init)
	}
	if init {
		return kubetypes.SortStatusesOfInitContainers(w.pod, statuses)
	}
	list := make([]corev1.ContainerStatus, 0, len(statuses))
	for _, status := range statuses {
		list = append(list, *status)
	}
	sort.Sort(kubetypes.SortedContainerStatuses(list))
	return list
}

// waitingStatus is the status of a container that does not exist in the runtime.
func (w *Worker) waitingStatus(spec *corev1.Container, last *corev1.ContainerStatus) *corev1.ContainerStatus {
	if last != nil && last.State.Terminated != nil {
		return last.DeepCopy()
	}
	reason := reasonContainerCreating
	if len(w.pod.Spec.InitContainers) > 0 {
		reason = reasonPodInitializing
	}
	status := &corev1.ContainerStatus{
		Name:         spec.Name,
		Image:        spec.Image,
		State:        corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
		VolumeMounts: volumeMounts(spec),
	}
	if last != nil {
		status.RestartCount = last.RestartCount
		status.LastTerminationState = last.LastTerminationState
	}
	return status
}

// explainMissing says what became of a container that no longer exists in the
// runtime. restarting says that the whole pod restarts.
func (w *Worker) explainMissing(status, last *corev1.ContainerStatus, restarting bool) {
	switch {
	case restarting && last.State.Waiting == nil:
		status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reasonRestartingAll, Message: messageRestartingAll}}
		status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			Reason: reasonRestartingAll, Message: messageRestartingAll, ExitCode: container.ExitKilled,
		}
		status.RestartCount = last.RestartCount + 1
	case last.State.Running != nil && status.LastTerminationState.Terminated == nil:
		status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			Reason:   kubecontainer.ContainerReasonStatusUnknown,
			Message:  "The container could not be located when the pod was deleted.  The container used to be Running",
			ExitCode: container.ExitKilled,
		}
		if w.pod.DeletionTimestamp == nil {
			status.RestartCount++
		}
	}
}

// statusOf is the status of a container that exists in the runtime.
func (w *Worker) statusOf(entry *kubecontainer.Status, last *corev1.ContainerStatus) *corev1.ContainerStatus {
	status := &corev1.ContainerStatus{
		Name:         entry.Name,
		RestartCount: int32(entry.RestartCount),
		Image:        entry.Image,
		ImageID:      entry.ImageRef,
		ContainerID:  entry.ID.String(),
		State:        stateOf(entry),
	}
	if last != nil {
		status.VolumeMounts = last.VolumeMounts
		status.RestartCount = max(status.RestartCount, last.RestartCount)
		switch {
		case last.ContainerID != status.ContainerID && last.State.Terminated != nil:
			status.LastTerminationState.Terminated = last.State.Terminated
		case last.LastTerminationState.Terminated != nil:
			status.LastTerminationState.Terminated = last.LastTerminationState.Terminated
		}
		if entry.State == kubecontainer.ContainerStateRunning {
			status.Started = last.Started
			if last.State.Terminated != nil && int(last.RestartCount) >= entry.RestartCount {
				status.RestartCount = last.RestartCount + 1
			}
		}
	}
	if spec := kubecontainer.GetContainerSpec(w.pod, entry.Name); spec != nil {
		if last == nil {
			status.VolumeMounts = volumeMounts(spec)
		}
		status.Resources = w.resourcesOf(entry, spec)
		status.AllocatedResources = spec.Resources.Requests
	}
	if entry.User != nil && entry.User.Linux != nil {
		status.User = &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{
			UID:                entry.User.Linux.UID,
			GID:                entry.User.Linux.GID,
			SupplementalGroups: entry.User.Linux.SupplementalGroups,
		}}
	}
	return status
}

func stateOf(entry *kubecontainer.Status) corev1.ContainerState {
	switch entry.State {
	case kubecontainer.ContainerStateRunning:
		return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: seconds(entry.StartedAt)}}
	case kubecontainer.ContainerStateExited:
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode:    int32(entry.ExitCode),
			Reason:      entry.Reason,
			Message:     entry.Message,
			StartedAt:   seconds(entry.StartedAt),
			FinishedAt:  seconds(entry.FinishedAt),
			ContainerID: entry.ID.String(),
		}}
	}
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}
}

// explainWaiting turns the status of a container that should be started into
// waiting, with the reason why its last start failed.
func (w *Worker) explainWaiting(spec *corev1.Container, status *corev1.ContainerStatus, view *kubecontainer.PodStatus, init bool) {
	entry := view.FindContainerStatusByName(spec.Name)
	switch {
	case !init:
	case entry != nil && entry.State == kubecontainer.ContainerStateExited && entry.ExitCode == 0:
		return
	case entry == nil && anyRegularCreated(w.pod, view) && !podutil.IsRestartableInitContainer(spec) && status.State.Waiting != nil:
		status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			Reason:  container.ReasonCompleted,
			Message: "Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally",
		}}
		return
	}
	failure, failed := w.reasons[spec.Name]
	if !failed || !kubecontainer.ShouldContainerBeRestarted(klog.Background(), spec, w.pod, view) {
		return
	}
	if status.State.Terminated != nil {
		status.LastTerminationState = status.State
	}
	status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: failure.err.Error(), Message: failure.message}}
}

// anyRegularCreated reports whether any of the pod's regular containers was ever
// created, which means that its init containers have finished.
func anyRegularCreated(pod *corev1.Pod, view *kubecontainer.PodStatus) bool {
	for i := range pod.Spec.Containers {
		if view.FindContainerStatusByName(pod.Spec.Containers[i].Name) != nil {
			return true
		}
	}
	return false
}

func volumeMounts(spec *corev1.Container) []corev1.VolumeMountStatus {
	var mounts []corev1.VolumeMountStatus
	for _, mount := range spec.VolumeMounts {
		status := corev1.VolumeMountStatus{Name: mount.Name, MountPath: mount.MountPath, ReadOnly: mount.ReadOnly}
		if mount.ReadOnly {
			mode := corev1.RecursiveReadOnlyDisabled
			status.RecursiveReadOnly = &mode
		}
		mounts = append(mounts, status)
	}
	return mounts
}

// seconds converts a time to the API's precision.
func seconds(at interface{ Unix() int64 }) metav1.Time { return metav1.Unix(at.Unix(), 0) }
