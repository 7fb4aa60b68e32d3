package pod

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"

	"tabernetes/engine/node/container"
)

// Stats returns the statistics of the pod, and its total consumption. ok is false
// before the pod has a sandbox.
func (w *Worker) Stats(at metav1.Time) (of statsapi.PodStats, all container.Consumption, ok bool) {
	if w.sandbox == nil {
		return of, all, false
	}
	pod := statsapi.PodStats{
		PodRef:    statsapi.PodReference{Name: w.pod.Name, Namespace: w.pod.Namespace, UID: string(w.pod.UID)},
		StartTime: metav1.NewTime(w.sandbox.created),
	}
	// The pause process of the sandbox.
	total := container.Consumption{Memory: 512 << 10, Processes: 1}
	if podutil.IsPodPhaseTerminal(w.Status().Phase) || !w.sandbox.ready {
		total = container.Consumption{}
	}
	for _, c := range w.Running() {
		own := c.Consumption()
		total.Add(own)
		pod.Containers = append(pod.Containers, statsapi.ContainerStats{
			Name:      c.Spec().Name,
			StartTime: metav1.NewTime(c.Status().StartedAt),
			CPU:       own.CPUStats(at),
			Memory:    own.MemoryStats(at, 0),
			Rootfs:    container.DiskStats(at, own.Disk),
			Logs:      container.DiskStats(at, own.Logs),
		})
	}
	processes := uint64(total.Processes)
	pod.CPU, pod.Memory = total.CPUStats(at), total.MemoryStats(at, 0)
	pod.EphemeralStorage = container.DiskStats(at, total.Disk+total.Logs)
	pod.ProcessStats = &statsapi.ProcessStats{ProcessCount: &processes}
	return pod, total, true
}
