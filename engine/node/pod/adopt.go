package pod

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/image"
)

// The reason and exit code that containerd reports for a container whose end it
// did not see.
const (
	exitUnknown   = 255
	reasonUnknown = "Unknown"
)

// adopt rebuilds the runtime's state from the pod's status, for a pod that was
// started before this node was, because the cluster has been loaded from storage.
// Running containers keep running and are not restarted; earlier logs are lost. If
// the machine has rebooted, nothing runs any more: the runtime then reports the
// sandbox as not ready, and the containers as ended although it did not see their
// end.
func (w *Worker) adopt() {
	status := &w.pod.Status
	// A pod in the host's network shows its address before it has a sandbox.
	if !anyContainer(status) && (len(status.PodIPs) == 0 || kubecontainer.IsHostNetworkPod(w.pod)) {
		return
	}
	rebooted := w.node.Rebooted()
	w.sandbox = &sandbox{id: w.vary.ID(), ready: !podutil.IsPodPhaseTerminal(status.Phase) && !rebooted}
	if status.StartTime != nil {
		w.sandbox.created = status.StartTime.Time
	}
	if address, err := netip.ParseAddr(status.PodIP); err == nil && !rebooted && !kubecontainer.IsHostNetworkPod(w.pod) {
		w.sandbox.address = address
		if w.sandbox.ready {
			// Reserving an address fails only if no pod of this node can have it,
			// because the node's range has changed. The pod keeps the address all
			// the same.
			_ = w.node.Allocator().Reserve(address, string(w.uid()))
		}
	}
	if w.sandbox.ready && !w.sandbox.address.IsValid() && !kubecontainer.IsHostNetworkPod(w.pod) {
		// Its address was never reported, so nothing has been started in it.
		w.sandbox = nil
		return
	}
	if w.sandbox.ready {
		w.volumes.Adopt()
	}
	for _, list := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses} {
		for i := range list {
			w.adoptContainer(&list[i])
		}
	}
}

func anyContainer(status *corev1.PodStatus) bool {
	for _, list := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses} {
		for i := range list {
			if list[i].ContainerID != "" {
				return true
			}
		}
	}
	return false
}

func (w *Worker) adoptContainer(status *corev1.ContainerStatus) {
	spec := kubecontainer.GetContainerSpec(w.pod, status.Name)
	if spec == nil {
		return
	}
	restarts := int(status.RestartCount)
	if last := status.LastTerminationState.Terminated; last != nil && last.ContainerID != "" {
		count := restarts
		if status.State.Waiting == nil {
			count = max(0, restarts-1)
		}
		w.adoptEnded(spec, status, last, count)
	}
	switch {
	case status.State.Terminated != nil && status.State.Terminated.ContainerID != "":
		w.adoptEnded(spec, status, status.State.Terminated, restarts)
	case status.State.Running != nil && w.node.Rebooted():
		w.adoptEnded(spec, status, &corev1.ContainerStateTerminated{
			ContainerID: status.ContainerID, StartedAt: status.State.Running.StartedAt,
			FinishedAt: metav1.NewTime(w.scope.Now()), ExitCode: exitUnknown, Reason: reasonUnknown,
		}, restarts)
	case status.State.Running != nil:
		c := w.identified(spec, status, status.ContainerID, restarts)
		c.Resume(status.State.Running.StartedAt.Time)
	}
}

func (w *Worker) adoptEnded(spec *corev1.Container, status *corev1.ContainerStatus, end *corev1.ContainerStateTerminated, restarts int) {
	c := w.identified(spec, status, end.ContainerID, restarts)
	c.AdoptEnd(end)
}

// identified makes a container with the identity that the status gives it.
func (w *Worker) identified(spec *corev1.Container, status *corev1.ContainerStatus, id string, restarts int) *container.Container {
	from, err := w.node.Images().TakeOver(spec.Image)
	if err != nil {
		from = image.Image{Name: status.Image, Known: true}
	}
	// A container that can no longer be configured keeps its own command.
	config, err := w.configure(spec, from, w.adoptedImages(spec))
	if err != nil {
		config = container.Config{Command: spec.Command, Args: spec.Args}
	}
	c := w.createContainer(spec, from, config, restarts)
	c.Adopt(id, status.Image, status.ImageID)
	return c
}
