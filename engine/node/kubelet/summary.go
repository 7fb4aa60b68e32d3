package kubelet

import (
	"context"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	"k8s.io/kubernetes/pkg/kubelet/server/stats"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/hardware"
)

// summaries provides upstream's eviction manager with the statistics of a node.
type summaries struct{ node *Kubelet }

var _ stats.SummaryProvider = summaries{}

// Get implements stats.SummaryProvider.
func (s summaries) Get(context.Context, bool) (*statsapi.Summary, error) {
	return s.node.Summary(), nil
}

// GetCPUAndMemoryStats implements stats.SummaryProvider.
func (s summaries) GetCPUAndMemoryStats(ctx context.Context) (*statsapi.Summary, error) {
	return s.Get(ctx, false)
}

// Summary returns what the kubelet serves as /stats/summary.
func (k *Kubelet) Summary() *statsapi.Summary {
	k.loop.Lock()
	defer k.loop.Unlock()
	k.loop.Advance()
	return k.summary()
}

// summary adds up the consumption of the pods and that of the rest of the machine.
// The caller holds the lock.
func (k *Kubelet) summary() *statsapi.Summary {
	at := metav1.NewTime(k.loop.Now())
	var pods container.Consumption
	summary := &statsapi.Summary{Node: statsapi.NodeStats{NodeName: k.name, StartTime: metav1.NewTime(k.started)}}
	for _, w := range k.pods {
		one, all, ok := w.Stats(at)
		if !ok {
			continue
		}
		summary.Pods = append(summary.Pods, one)
		pods.Add(all)
	}
	slices.SortFunc(summary.Pods, func(a, b statsapi.PodStats) int { return strings.Compare(a.PodRef.UID, b.PodRef.UID) })

	total := k.systemConsumption()
	total.Add(pods)
	total.CPU = k.countCPU()
	memory := k.machine.Memory.Value()
	summary.Node.CPU = total.CPUStats(at)
	summary.Node.Memory = total.MemoryStats(at, memory)
	summary.Node.SystemContainers = []statsapi.ContainerStats{
		{Name: statsapi.SystemContainerPods, StartTime: summary.Node.StartTime, CPU: pods.CPUStats(at), Memory: pods.MemoryStats(at, memory)},
	}
	disk := k.diskStats(at, total.Disk+total.Logs+k.images.Size())
	summary.Node.Fs = disk
	summary.Node.Runtime = &statsapi.RuntimeStats{ImageFs: disk, ContainerFs: disk}
	most, running := int64(hardware.MostProcesses), total.Processes
	summary.Node.Rlimit = &statsapi.RlimitStats{Time: at, MaxPID: &most, NumOfRunningProcesses: &running}
	return summary
}

func (k *Kubelet) systemConsumption() container.Consumption {
	return container.Consumption{
		Memory: k.settings.MemoryUsed.Value(), Disk: k.settings.DiskUsed.Value(), Processes: k.settings.Processes,
	}
}

// countCPU returns the CPU time of the machine since its start: of the system and
// of all containers, including those that have ended.
func (k *Kubelet) countCPU() time.Duration {
	if !k.cpuCounted.IsZero() {
		k.cpuUsed += time.Duration(k.settings.CPUUsed.AsApproximateFloat64() * float64(k.loop.Now().Sub(k.cpuCounted)))
	}
	k.cpuCounted = k.loop.Now()
	for _, w := range k.pods {
		for _, c := range w.Running() {
			k.cpuUsed += c.NewCPUTime()
		}
	}
	return k.cpuUsed
}

// diskStats returns the statistics of the machine's one disk.
func (k *Kubelet) diskStats(at metav1.Time, size int64) *statsapi.FsStats {
	disk := container.DiskStats(at, size)
	capacity := uint64(k.machine.EphemeralStorage.Value())
	inodes := capacity / hardware.BytesPerInode
	*disk.UsedBytes = min(*disk.UsedBytes, capacity)
	*disk.InodesUsed = min(*disk.InodesUsed, inodes)
	available, inodesFree := capacity-*disk.UsedBytes, inodes-*disk.InodesUsed
	disk.CapacityBytes, disk.AvailableBytes = &capacity, &available
	disk.Inodes, disk.InodesFree = &inodes, &inodesFree
	return disk
}
